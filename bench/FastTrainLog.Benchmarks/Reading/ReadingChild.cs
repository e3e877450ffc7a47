using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Analysis;
using FastTrainLog.Indexing;
using FastTrainLog.Ranks;

namespace FastTrainLog.Benchmarks.Reading;

/// <summary>Measures one operation in a process of its own, whose memory is that of this operation alone.</summary>
/// <param name="Milliseconds">The time; of what was repeated, the 95th percentile.</param>
/// <param name="Longest">The longest time.</param>
/// <param name="ProcessorSeconds">The processor time.</param>
/// <param name="PeakMb">The most memory in RAM.</param>
/// <param name="Found">What was found, which is the same in each way.</param>
internal sealed record ReadingChild(double Milliseconds, double Longest, double ProcessorSeconds, double PeakMb, long Found)
{
    public const string Analyse = "analyse";
    public const string Query = "query";

    private const int Queries = 300;
    private const int Buckets = 1000;

    public static ReadingChild Measure(string operation, string directory) => operation == Analyse ? MeasureAnalysis(directory) : MeasureQueries(directory);

    private static ReadingChild MeasureAnalysis(string directory)
    {
        long begun = Stopwatch.GetTimestamp();
        LogAnalysis analysis = RunAnalysis.Read(directory, progress: static (_, _) => { });
        return Of(Stopwatch.GetElapsedTime(begun), analysis.Progress.Steps);
    }

    // Of all widths and at all places, in each series of steps.
    private static ReadingChild MeasureQueries(string directory)
    {
        using LogIndex index = LogIndex.Open(directory)!;
        index.Update();
        RunFigures run = index.Runs()[^1];
        string[] series = [.. index.Series(run.Name).Where(static name => name.StartsWith("train/", StringComparison.Ordinal))];
        var random = new Random(1);
        var times = new List<TimeSpan>();
        long found = 0;
        for (int i = 0; i < Queries; i++)
        {
            long width = Math.Max(10, (long)(run.LastStep!.Value * Math.Pow(random.NextDouble(), 3)));
            long from = (long)(random.NextDouble() * (run.LastStep.Value - width));
            long begun = Stopwatch.GetTimestamp();
            found += index.Buckets(run.Name, series[i % series.Length], from, from + width, Buckets).Count;
            times.Add(Stopwatch.GetElapsedTime(begun));
        }

        // The first ones compile the code.
        TimeSpan[] compiled = [.. times.Skip(Queries / 10).Order()];
        return Of(compiled[(int)(0.95 * (compiled.Length - 1))], found) with { Longest = compiled[^1].TotalMilliseconds };
    }

    private static ReadingChild Of(TimeSpan time, long found)
    {
        using Process process = Process.GetCurrentProcess();
        return new ReadingChild(time.TotalMilliseconds, time.TotalMilliseconds, process.TotalProcessorTime.TotalSeconds, process.PeakWorkingSet64 / 1e6, found);
    }
}
