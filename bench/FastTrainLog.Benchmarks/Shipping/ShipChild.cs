using System.Diagnostics;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Benchmarks.Training;
using FastTrainLog.Shipping;

namespace FastTrainLog.Benchmarks.Shipping;

/// <summary>What is measured in a process of its own: the sink on loopback is in another one.</summary>
/// <param name="Records">The records that were shipped.</param>
/// <param name="Seconds">The time.</param>
/// <param name="ProcessorSeconds">The processor time, of all threads.</param>
/// <param name="PeakMb">The most memory in RAM.</param>
internal sealed record ShipChild(long Records, double Seconds, double ProcessorSeconds, double PeakMb)
{
    private const int StepsInARound = 500;

    /// <summary>Ships a log from its beginning to its end.</summary>
    public static ShipChild Measure(string directory, string kind, string address)
    {
        using IShipTarget target = TargetOf(kind, address);
        using var shipper = new LogShipper(directory, target);
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long begun = Stopwatch.GetTimestamp();
        while (shipper.ShipNext(CancellationToken.None))
        {
        }

        TimeSpan time = Stopwatch.GetElapsedTime(begun);
        process.Refresh();
        return new ShipChild(shipper.Counters.Sent, time.TotalSeconds, (process.TotalProcessorTime - before).TotalSeconds, process.PeakWorkingSet64 / 1e6);
    }

    /// <summary>Trains without a shipper and with one, in turns.</summary>
    /// <returns>Of each round, the time of a step with the shipper in relation to that without.</returns>
    public static double[] MeasureSteps(string address, int rounds)
    {
        LoggedLoop[] loops =
        [
            new("files", LoggedLoop.MillisecondOfPasses, new RunLog()),
            new("files, shipped", LoggedLoop.MillisecondOfPasses, new RunLog(begin: logging => logging.ShipTo(TargetOf("loki", address)))),
        ];
        try
        {
            double[][] times = new AlternatingClock(rounds, [.. loops.Select(static loop => (Action)(() => loop.Train(StepsInARound)))]).Run();
            return [.. times[1].Zip(times[0], static (shipped, plain) => shipped / plain)];
        }
        finally
        {
            Array.ForEach(loops, static loop => loop.Dispose());
        }
    }

    private static IShipTarget TargetOf(string kind, string address) => kind switch
    {
        "loki" => new LokiTarget(new HttpTargetOptions(address)),
        "otlp" => new OtlpTarget(new HttpTargetOptions(address)),
        "dir" => new DirectoryTarget(address),
        "tensorboard" => new TensorBoardTarget(address),
        _ => throw new ArgumentException($"There is no target '{kind}'."),
    };
}
