using System.Reflection;
using FastTrainLog.Analysis;
using FastTrainLog.Gradients;
using FastTrainLog.Shipping;
using FastTrainLog.Testing;
using FastTrainLog.Tests.Shared;
using FastTrainLog.ZLogger;
using Xunit;

namespace FastTrainLog.Integrations.Tests.Api;

/// <summary>What an assembly offers its users changes only where somebody means it to.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Assemblies => [.. new[] { typeof(TrainLogging), typeof(LogAnalysis), typeof(LogShipper), typeof(S3Target), typeof(InMemoryLog), typeof(TorchGradientClipping), typeof(ZLoggerSink) }.Select(static type => type.Assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_interface_is_that_of_the_snapshot(string assembly) => PublicApiSnapshot.Check(Assembly.Load(assembly), "FastTrainLog.Integrations.Tests");
}
