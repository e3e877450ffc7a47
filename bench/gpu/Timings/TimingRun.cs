using FastTrainLog.Benchmarks.Gradients;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench.Timings;

/// <summary>Times copy, statistics and clip on the gradients of known models, the operations taking turns.</summary>
internal sealed class TimingRun(BenchDriver driver, int ordinal, bool quick)
{
    private const string CopyOperation = "copy";
    private const string StatisticsOperation = "statistics";

    private readonly int _rounds = quick ? 1 : 15;
    private readonly int _steps = quick ? 2 : 50;

    /// <summary>Times all models and prints a line for each operation.</summary>
    public List<TimingRow> Run()
    {
        var rows = new List<TimingRow>();
        Console.WriteLine();
        Console.WriteLine($"{"model",-18} {"type",-9} {"operation",-22} {"ms",9} {"GB/s",8} {"of copy",8} {"host us",8} {"p99",8}");
        (string Name, int[] Lengths)[] models = quick
            ? [("40 small", ModelShapes.FortySmallTensors())]
            :
            [
                ("40 small", ModelShapes.FortySmallTensors()),
                ("ResNet-50", ModelShapes.ResNet50()),
                ("GPT-2 small", ModelShapes.Gpt2Small()),
                ("GPT-2 small, flat", [124_439_808]),
                ("8 x GPT-2 small", [.. Enumerable.Repeat(ModelShapes.Gpt2Small(), 8).SelectMany(lengths => lengths)]),
            ];
        foreach ((string name, int[] lengths) in models)
        {
            foreach (GradientType type in new[] { GradientType.Float32, GradientType.BFloat16 })
            {
                foreach (TimingRow row in Model(name, lengths, type))
                {
                    rows.Add(row);
                    Console.WriteLine(
                        $"{row.Model,-18} {row.Type,-9} {row.Operation,-22} {row.Milliseconds,9:F4} {row.GigabytesPerSecond,8:F0} " +
                        $"{row.ShareOfCopy,8:F2} {row.HostMicroseconds,8:F1} {row.HostMicrosecondsP99,8:F1}");
                }
            }
        }

        return rows;
    }

    /// <summary>Says which of the project's bars were met.</summary>
    public static void PrintBars(List<TimingRow> rows)
    {
        const double LeastShare = 0.85;
        const double MostHostMicroseconds = 20.0;
        Console.WriteLine();
        foreach (TimingRow row in rows.Where(row => row.Operation != CopyOperation))
        {
            bool large = row.Operation == StatisticsOperation && row.Lengths.Sum(length => (long)length) >= 124_000_000;
            if (large && row.ShareOfCopy < LeastShare)
            {
                Console.WriteLine($"MISSED {row.Model} {row.Type} {row.Operation}: {row.ShareOfCopy:F2} of the copy's bandwidth, {LeastShare} wanted");
            }

            if (row.HostMicroseconds >= MostHostMicroseconds)
            {
                Console.WriteLine(
                    $"MISSED {row.Model} {row.Type} {row.Operation}: {row.HostMicroseconds:F1} us on the calling thread, under {MostHostMicroseconds} wanted");
            }
        }

        Console.WriteLine("bars: statistics at 0.85 of the copy's bandwidth from GPT-2 small on, host time under 20 us a step");
    }

    private static double Median(List<double> values) => Quantile(values, 0.5);

    private static double Quantile(List<double> values, double quantile)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(quantile * values.Count))];
    }

    private List<TimingRow> Model(string name, int[] lengths, GradientType type)
    {
        var device = new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx());
        using var measuring = new CudaClipper(device, Options(GradientLimit.None), CudaTuning.Default, torchStream: null);
        using CudaClipper within = Another(GradientLimit.L2Norm(1e30));
        using CudaClipper scaling = Another(GradientLimit.L2Norm(1e30));
        using CudaClipper counting = Another(GradientLimit.None, histogramEvery: 1);
        using CudaDevice.Scope scope = device.Enter();
        var clock = new DeviceClock(driver);
        if (driver.FreeMemory < ModelGradients.NeededBytes(lengths, type))
        {
            Console.WriteLine($"{name,-18} {type,-9} left out: it needs {ModelGradients.NeededBytes(lengths, type) >> 20} MiB, {driver.FreeMemory >> 20} are free");
            return [];
        }

        using var gradients = new ModelGradients(driver, ordinal, lengths, type);

        long step = 0;
        (string Operation, double BytesMoved, Action Step)[] operations =
        [
            (CopyOperation, 2.0 * gradients.Bytes, gradients.Copy),
            (StatisticsOperation, gradients.Bytes, () => Clip(measuring, 1.0)),
            ("statistics and histograms", 2.0 * gradients.Bytes, () => Clip(counting, 1.0)),
            ("clip, within limit", gradients.Bytes, () => Clip(within, 1.0)),

            // A limit that hits would hit only once; a loss scale is divided out by the same writes at every step.
            ("clip, all scaled", 3.0 * gradients.Bytes, () => Clip(scaling, 0.999)),
        ];
        var times = new List<double>[operations.Length];
        var host = new List<double>[operations.Length];
        for (int i = 0; i < operations.Length; i++)
        {
            times[i] = [];
            host[i] = [];
            clock.Round(operations[i].Step, _steps, []);
        }

        for (int round = 0; round < _rounds; round++)
        {
            for (int i = 0; i < operations.Length; i++)
            {
                times[i].Add(clock.Round(operations[i].Step, _steps, host[i]));
            }
        }

        double copyBandwidth = operations[0].BytesMoved / Median(times[0]);
        return
        [
            .. operations.Select((operation, i) => new TimingRow(
                name,
                type.ToString(),
                lengths,
                operation.Operation,
                Median(times[i]),
                operation.BytesMoved / Median(times[i]) / 1e6,
                operation.BytesMoved / Median(times[i]) / copyBandwidth,
                Median(host[i]),
                Quantile(host[i], 0.99))),
        ];

        void Clip(CudaClipper clipper, double inverseScale)
        {
            if (!clipper.TryClip(gradients.List, step++, inverseScale, stream: 0))
            {
                throw new CudaUnavailableException(clipper.Failure!);
            }
        }
    }

    private CudaClipper Another(GradientLimit limit, int histogramEvery = 0)
        => new(new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx()), Options(limit, histogramEvery), CudaTuning.Default, torchStream: null);

    private static GradientClipperOptions Options(GradientLimit limit, int histogramEvery = 0)
        => new() { Limit = limit, NonFinite = NonFinitePolicy.Report, HistogramEvery = histogramEvery };
}
