using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Dashboard.Tests.Api;

/// <summary>Here and not beside those of the other packages, because it needs ASP.NET Core.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_interface_is_that_of_the_snapshot() => PublicApiSnapshot.Check(typeof(DashboardOptions).Assembly, "FastTrainLog.Dashboard.Tests");
}
