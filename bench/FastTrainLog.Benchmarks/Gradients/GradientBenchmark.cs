using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Gradients;
using FastTrainLog.Integrations;
using FastTrainLog.Series;

namespace FastTrainLog.Benchmarks.Gradients;

/// <summary>Times the clipper on gradients in host memory against plain passes over the same memory.</summary>
/// <remarks>
/// What is compared, but for the peer, alternates within one round, and the order turns round by round, so that a neighbour's load falls on all alike. The
/// bound of the statistics is the faster of two plain sums, of 256 and of 512 bits; that of a clip is the faster sum plus a plain scale. The ratio of
/// bound and time is taken in each round, and its median reported, as <c>bound_ms</c> over <c>ms</c>, beside the median time.
/// </remarks>
internal static class GradientBenchmark
{
    private const double SmallModelBudget = 0.040;
    private const int SmallModelRepeats = 50;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 4);
        NativeTorch.Load();
        var rows = new List<GradientRow>();
        SmallModel(rows, 200 * options.Rounds);
        LargeModel(rows, "resnet50", ModelShapes.ResNet50(), 41 * options.Rounds);
        LargeModel(rows, "gpt2-small", ModelShapes.Gpt2Small(), 15 * options.Rounds);
        Print(rows);
        options.Save(rows);
        return 0;
    }

    private static void SmallModel(List<GradientRow> rows, int rounds)
    {
        const string Case = "40-small-tensors";
        using var memory = new GradientMemory(ModelShapes.FortySmallTensors());
        long start = Stopwatch.GetTimestamp();
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1e9) });
        double construction = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        // Nothing has run yet in this process but the constructor: these are a training run's first steps.
        var first = new double[20];
        GradientStatistics statistics = default;
        for (int i = 0; i < first.Length; i++)
        {
            start = Stopwatch.GetTimestamp();
            statistics = clipper.Clip(memory.Buffers, i);
            first[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        var steps = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < SmallModelRepeats; i++)
            {
                clipper.Clip(memory.Buffers, i);
            }

            steps[round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds / SmallModelRepeats;
        }

        double error = RelativeError(statistics.Norm, memory.ReferenceNorm());
        rows.Add(new(Case, 1, "constructor, first of the process", construction, null, null, null, null));
        rows.Add(new(Case, 1, "very first step", first[0], null, null, null, null));
        rows.Add(new(Case, 1, "step, first 20 (budget)", Median(first), SmallModelBudget, null, null, error));
        rows.Add(new(Case, 1, "step (budget)", Median(steps), SmallModelBudget, null, null, error));
    }

    private static void LargeModel(List<GradientRow> rows, string name, int[] lengths, int rounds)
    {
        using var memory = new GradientMemory(lengths);
        double reference = memory.ReferenceNorm();
        foreach (int threads in (ReadOnlySpan<int>)[1, 2])
        {
            var plain = new PlainPasses(memory.Buffers, threads);
            using var measuring = new GradientClipper(new() { Threads = threads });
            using var clipping = new GradientClipper(new() { Threads = threads, Limit = GradientLimit.L2Norm(0.5 * reference) });
            double norm = 0.0;
            float factor = 1f;
            Action[] actions =
            [
                () => plain.SumNarrow(),
                () => norm = measuring.Clip(memory.Buffers, 0).Norm,
                () => factor = (float)clipping.Clip(memory.Buffers, 0).Coefficient,
                () => plain.Scale(0.5f),
                () => plain.SumWide(),
            ];

            // Brings the gradients back above the limit; not timed.
            Action?[] after = [null, null, () => plain.Scale(1f / factor), () => plain.Scale(2f), null];
            double[][] times = new AlternatingClock(rounds, actions, after).Run();

            // Afterwards: the threads of its OpenMP spin for a while after each call, on the core that the next one needs.
            using var torch = new TorchPeer(memory.Buffers, threads);
            double peerTime = Median(new AlternatingClock(rounds, [() => torch.Clip(1e9)]).Run()[0]);
            double[] sums = Vector512.IsHardwareAccelerated && Median(times[4]) < Median(times[0]) ? times[4] : times[0];
            double error = RelativeError(norm, reference);
            rows.Add(Row(name, threads, "statistics", times[1], sums, peerTime, error));
            rows.Add(Row(name, threads, "clip that hits", times[2], [.. sums.Zip(times[3], (sum, scale) => sum + scale)], peerTime, null));
        }
    }

    private static GradientRow Row(
        string name, int threads, string operation, double[] times, double[] bounds, double peerTime, double? error)
    {
        double time = Median(times);
        double ratio = Median([.. bounds.Zip(times, (bound, own) => bound / own)]);
        return new(name, threads, operation, time, ratio * time, TorchPeer.Name, peerTime, error);
    }

    private static double RelativeError(double norm, double reference) => Math.Abs(norm - reference) / reference;

    private static double Median(double[] series) => Quantile.Median(series);

    private static void Print(List<GradientRow> rows)
    {
        Console.WriteLine($"{MachineReport.Describe()}; vectors: {CpuKernel.Best}");
        Console.WriteLine($"{"case",-18} {"threads",7} {"operation",-34} {"ms",9} {"bound ms",9} {"bound/ms",8} {"peer ms",9} {"rel. error",10}");
        foreach (GradientRow row in rows)
        {
            Console.WriteLine(
                $"{row.Case,-18} {row.Threads,7} {row.Operation,-34} {Number(row.Milliseconds, "F4"),9} {Number(row.BoundMilliseconds, "F4"),9} " +
                $"{Number(row.BoundMilliseconds / row.Milliseconds, "F2"),8} {Number(row.PeerMilliseconds, "F4"),9} {Number(row.RelativeError, "E1"),10}");
        }
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
