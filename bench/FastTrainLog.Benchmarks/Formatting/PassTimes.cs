using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Benchmarks.Pipeline;

namespace FastTrainLog.Benchmarks.Formatting;

/// <summary>Times passes over records in turns, once the compiler is done with them.</summary>
internal static class PassTimes
{
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(600);

    /// <summary>Returns of each pass the nanoseconds for a record: the median of the rounds, and the range.</summary>
    public static string[] Measure(int rounds, int records, params Action[] passes)
    {
        foreach (Action pass in passes)
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUpTime;)
            {
                pass();
            }
        }

        double[][] times = new AlternatingClock(rounds, passes).Run();
        Array.ForEach(times, Array.Sort);
        return [.. times.Select(all => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds(all[rounds / 2]),8:F1} [{Nanoseconds(all[0]):F1}-{Nanoseconds(all[^1]):F1}]"))];

        double Nanoseconds(double milliseconds) => milliseconds * 1e6 / records;
    }
}
