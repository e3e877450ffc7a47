namespace FastTrainLog.Tool.Tests.Indexing;

/// <summary>Questions for pyramids: ranges of steps of all widths, the whole first, and into how many pieces they are to be cut at most.</summary>
internal static class RandomRanges
{
    public static IEnumerable<(long First, long Last, int Count)> Of(Random random, long lastStep, int questions, int most)
    {
        for (int question = 0; question < questions; question++)
        {
            long first = question == 0 ? long.MinValue / 4 : random.NextInt64(-10, lastStep + 10);
            yield return (first, question == 0 ? long.MaxValue / 4 : random.NextInt64(first, lastStep + 20), random.Next(1, most));
        }
    }
}
