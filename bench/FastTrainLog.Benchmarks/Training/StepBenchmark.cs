using FastTrainLog.Benchmarks.Gradients;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Terminal;
using FastTrainLog.Series;

namespace FastTrainLog.Benchmarks.Training;

/// <summary>What a step of a training loop costs with a log, and with what stands on the log, against the same loop without one; in turns.</summary>
internal static class StepBenchmark
{
    private const int StepsInARound = 500;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 40);
        Console.WriteLine(MachineReport.Describe());
        var terminal = new SilentTerminal();
        LoggedLoop[] loops =
        [
            new("no log", null),
            new("files", static _ => { }),
            new("files, live line", log => log.AddSink(new ProgressConsoleSink(new LiveScreen(terminal, TimeSpan.FromMilliseconds(100)), place: null, filter: null))),
        ];
        double[][] times;
        try
        {
            times = new AlternatingClock(
                options.Quick ? 6 : options.Rounds, [.. loops.Select(static loop => (Action)(() => loop.Train(StepsInARound)))], new Action?[loops.Length]).Run();
        }
        finally
        {
            Array.ForEach(loops, static loop => loop.Dispose());
        }

        StepRow[] rows = [.. loops.Select((loop, i) => new StepRow(
            loop.Way,
            Quantile.Median(times[i]) * 1000.0 / StepsInARound,
            Quantile.Median(times[i].Zip(times[0], static (own, none) => own / none)),
            Quantile.Median(loop.Calls),
            Quantile.Of([.. loop.Calls.Order()], 0.99)))];
        Console.WriteLine($"{"way",-20} {"step µs",10} {"ratio",8} {"call p50 ns",12} {"p99 ns",10}");
        foreach (StepRow row in rows)
        {
            Console.WriteLine(FormattableString.Invariant($"{row.Way,-20} {row.StepMicroseconds,10:F1} {row.Ratio,8:F4} {row.CallMedianNanoseconds,12:F0} {row.CallP99Nanoseconds,10:F0}"));
        }

        Console.WriteLine($"The live line took {terminal.Bytes / 1024} KiB.");
        options.Save(rows);
        return 0;
    }
}
