namespace FastTrainLog.Benchmarks.Comparing;

/// <summary>The rank-sum test of Wilcoxon (1945), exact also with equal values: how likely a difference as large is if both sides measure the same.</summary>
internal static class RankTest
{
    /// <summary>Returns the two-sided probability.</summary>
    /// <param name="first">The values of one side.</param>
    /// <param name="second">The values of the other.</param>
    public static double Probability(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        // Ranks are doubled: equal values share the middle of their ranks, which may be half a rank.
        double[] all = [.. first.Concat(second).Order()];
        int RankOf(double value) => Array.IndexOf(all, value) + Array.LastIndexOf(all, value) + 2;
        int sum = first.Sum(RankOf);
        double middle = first.Count * (all.Length + 1.0);

        // The number of ways to choose a side's values out of all, by the sum of their ranks.
        int most = all.Sum(RankOf);
        var ways = new double[first.Count + 1, most + 1];
        ways[0, 0] = 1;
        foreach (double value in all)
        {
            int rank = RankOf(value);
            for (int chosen = first.Count; chosen > 0; chosen--)
            {
                for (int total = most; total >= rank; total--)
                {
                    ways[chosen, total] += ways[chosen - 1, total - rank];
                }
            }
        }

        double any = 0, asFar = 0;
        for (int total = 0; total <= most; total++)
        {
            any += ways[first.Count, total];
            asFar += Math.Abs(total - middle) >= Math.Abs(sum - middle) ? ways[first.Count, total] : 0;
        }

        return asFar / any;
    }
}
