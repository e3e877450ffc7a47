using FastTrainLog.Benchmarks.Gradients;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Gradients;
using FastTrainLog.Integrations;
using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Terminal;
using FastTrainLog.Series;
using TorchSharp;

namespace FastTrainLog.Benchmarks.Training;

/// <summary>What a step of a training loop costs with a log and with clipping, against the same loop with nothing; in turns.</summary>
internal static class StepBenchmark
{
    private const int ResNetSteps = 5;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 40);
        int rounds = options.Quick ? 6 : options.Rounds;
        Console.WriteLine(MachineReport.Describe());
        Console.WriteLine($"{"loop",-16} {"way",-36} {"step µs",11} {"ratio",8} {"call p50 ns",12} {"p99 ns",12}");
        var terminal = new SilentTerminal();
        StepRow[] rows =
        [
            .. Measure("about 1 ms", rounds, 500, Logged(LoggedLoop.MillisecondOfPasses, terminal)),
            .. Measure("about 100 µs", rounds, 5000, Logged(LoggedLoop.MillisecondOfPasses / 12, terminal)),
            .. MeasureResNet(rounds),
        ];
        Console.WriteLine($"The live line took {terminal.Bytes / 1024} KiB.");
        options.Save(rows);
        return 0;
    }

    private static StepLoop[] Logged(int passes, SilentTerminal terminal) =>
    [
        new LoggedLoop("nothing", passes, null),
        new LoggedLoop("files", passes, new RunLog()),
        new LoggedLoop("files, live line", passes, new RunLog(log => log.AddSink(new ProgressConsoleSink(new LiveScreen(terminal, TimeSpan.FromMilliseconds(100)), place: null, filter: null)))),
    ];

    private static StepRow[] MeasureResNet(int rounds)
    {
        NativeTorch.Load();
        // The threads of libtorch spin for a while after each operation, on the core that whatever comes next needs: with one there is nothing to spin for.
        torch.set_num_threads(1);
        using var model = new ResNetLoop.Model();
        using var log = new RunLog();
        using var clipper = new GradientClipper(new() { Threads = 1, Limit = GradientLimit.L2Norm(ResNetLoop.Limit) });
        using var logged = new GradientClipper(new() { Threads = 1, Limit = GradientLimit.L2Norm(ResNetLoop.Limit) });
        GradientStatistics gradients = default;
        return Measure("ResNet-50", rounds, ResNetSteps,
        [
            new ResNetLoop("nothing", model, null),
            new ResNetLoop(TorchPeer.Name, model, static model => torch.nn.utils.clip_grad_norm_(model.Parameters, ResNetLoop.Limit)),
            new ResNetLoop("Clip", model, model => gradients = clipper.Clip(model.Network, model.Steps)),
            new ResNetLoop("a log call of seven values", model, model => OwnMessages.Step(log.Logger, 1, model.Steps, model.Loss, 0.5, 1e-4, 1.0f, 10.0)),
            new ResNetLoop("LogStep", model, model => log.Run.LogStep(1, model.Steps, model.Loss, 1e-4, gradients, accuracy: 0.5, metrics: StepLoop.Values)),
            new ResNetLoop("Clip and LogStep", model, model =>
            {
                GradientStatistics own = logged.Clip(model.Network, model.Steps);
                log.Run.LogStep(1, model.Steps, model.Loss, 1e-4, own, accuracy: 0.5, metrics: StepLoop.Values);
            }),
        ]);
    }

    private static StepRow[] Measure(string name, int rounds, int steps, StepLoop[] loops)
    {
        double[][] times;
        try
        {
            times = new AlternatingClock(rounds, [.. loops.Select(loop => (Action)(() => loop.Train(steps)))]).Run();
        }
        finally
        {
            Array.ForEach(loops, static loop => loop.Dispose());
        }

        StepRow[] rows = [.. loops.Select((loop, i) => new StepRow(
            name,
            loop.Way,
            Quantile.Median(times[i]) * 1000.0 / steps,
            Quantile.Median(times[i].Zip(times[0], static (own, none) => own / none)),
            Quantile.Median(loop.Calls),
            Quantile.Of([.. loop.Calls.Order()], 0.99)))];
        foreach (StepRow row in rows)
        {
            Console.WriteLine(FormattableString.Invariant($"{row.Loop,-16} {row.Way,-36} {row.StepMicroseconds,11:F1} {row.Ratio,8:F4} {row.CallMedianNanoseconds,12:F0} {row.CallP99Nanoseconds,12:F0}"));
        }

        return rows;
    }
}
