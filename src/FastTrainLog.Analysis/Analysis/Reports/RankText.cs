using System.Globalization;
using static FastTrainLog.Analysis.Reports.FigureText;

namespace FastTrainLog.Analysis.Reports;

/// <summary>The results of the comparison of a run's ranks, as sentences.</summary>
internal static class RankText
{
    private const int MostNamed = 12;

    public static string Head(RankFigures ranks) => ranks.Missing.Count == 0 ? $"{Count(ranks.WorldSize)} ranks as one run; one alone with --rank" : $"{Count(ranks.Each.Count)} of {Count(ranks.WorldSize)} ranks as one run; one alone with --rank";

    public static IEnumerable<string> Lines(RankFigures ranks)
    {
        if (ranks.FirstNonFinite is { } first)
        {
            yield return $"First non-finite: rank {first.Rank} at step {Count(first.Step)}, {first.Type} in {first.Location}";
        }

        if (ranks.StepTimes is { } times)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Step time: {Seconds(times.Minimum)} to {Seconds(times.Maximum)}, median {Seconds(times.Median)}, spread {Percent(times.Spread)}; slowest is rank {times.Slowest}");
        }

        foreach (Straggler straggler in ranks.Stragglers.OrderByDescending(straggler => straggler.LastStep - straggler.FirstStep).Take(MostNamed))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Straggler: rank {straggler.Rank}, steps {Steps(straggler.FirstStep, straggler.LastStep)}, up to {straggler.Factor:0.0#} times the median, robust z-score {Number(straggler.Score)}");
        }

        foreach (RankDisagreement difference in ranks.Disagreements.Take(MostNamed))
        {
            yield return $"Disagrees: rank {difference.Rank} on {difference.Series.Replace('_', ' ')} at {Count(difference.Steps)} of {Count(difference.ComparedSteps)} steps, first at step {Count(difference.FirstStep)}, {(double.IsFinite(difference.LargestDifference) ? $"by up to {Percent(difference.LargestDifference)}" : "one not finite")}";
        }

        foreach (RankSummary rank in ranks.Each.Where(rank => rank.IsSilent).Take(MostNamed))
        {
            yield return $"Silent: rank {rank.Rank} since {Time(rank.LastProgress)} UTC, after step {Count(rank.LastStep)}";
        }

        if (ranks.Missing.Count > 0)
        {
            yield return $"No record of: {(ranks.Missing.Count == 1 ? "rank" : "ranks")} {string.Join(", ", ranks.Missing.Take(MostNamed))}{(ranks.Missing.Count > MostNamed ? ", …" : string.Empty)}";
        }

        if (ranks.OwnSeries.Count > 0)
        {
            yield return $"Each rank logs its own {string.Join(" and ", ranks.OwnSeries.Select(series => series.Replace('_', ' ')))}, so differences there mean nothing";
        }
    }
}
