using FastTrainLog.Monitoring.Snapshots;
using Xunit;

namespace FastTrainLog.Tests.Monitoring.Snapshots;

public sealed class BoundedLogTests
{
    [Fact]
    public void A_list_keeps_the_first_and_the_latest_and_counts_those_between()
    {
        var list = new BoundedLog<int>(10);
        for (int i = 0; i < 10; i++)
        {
            list.Add(i);
        }

        Assert.Equal((0, 10), (list.LeftOut, list.ToList().Count));
        for (int i = 10; i < 1000; i++)
        {
            list.Add(i);
        }

        Assert.Equal([0, 1, 2, 3, 4, 995, 996, 997, 998, 999], list.ToList());
        Assert.Equal(990, list.LeftOut);
    }
}
