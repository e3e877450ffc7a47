using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class RunIdTests
{
    [Fact]
    public void No_two_of_a_hundred_thousand_are_the_same_whichever_threads_make_them()
    {
        string[] ids = new string[100_000];
        Parallel.For(0, ids.Length, i => ids[i] = RunIds.Next());
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9]{8}-[0-9]{6}-[0-9a-hjkmnp-tv-z]{8}$", id));
    }

    [Fact]
    public void They_sort_in_the_order_in_which_they_were_made()
    {
        string[] ids = [.. Enumerable.Range(0, 50_000).Select(_ => RunIds.Next())];
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }
}
