using BenchmarkDotNet.Attributes;
using FastTrainLog.Benchmarks.Pipeline;

namespace FastTrainLog.Benchmarks.Micro;

/// <summary>A log call of seven numbers in bursts that every logger's queue takes; what the backend costs is not in it.</summary>
[MemoryDiagnoser]
[InvocationCount(Burst, unrollFactor: 16)]
[IterationCount(30)]
[WarmupCount(15)]
public class LogCallBenchmarks
{
    // The peers' queues hold 10,000 and then wait.
    private const int Burst = 8192;

    private string _directory = string.Empty;
    private Contestant? _contestant;
    private long _step;

    /// <summary>Gets the loggers.</summary>
    public static IEnumerable<string> Loggers => [.. Contestants.All.Select(c => c.Logger).Distinct(), "FastTrainLog via MEL"];

    /// <summary>Gets or sets the logger.</summary>
    [ParamsSource(nameof(Loggers))]
    public string Logger { get; set; } = string.Empty;

    /// <summary>Starts the logger.</summary>
    [GlobalSetup]
    public void Start()
    {
        _directory = Directory.CreateTempSubdirectory("fasttrainlog-bench-").FullName;
        _contestant = Contestants.Create(Logger, "text", _directory);
    }

    /// <summary>Lets the logger write what it was given, so that the next burst finds its queue empty.</summary>
    [IterationCleanup]
    public void Rest() => Thread.Sleep(200);

    /// <summary>Ends the logger.</summary>
    [GlobalCleanup]
    public void End()
    {
        _contestant!.Close();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Logs seven numbers.</summary>
    [Benchmark]
    public void Log() => _contestant!.Log(3, _step++, 2.345678 / _step, 0.9123, 1e-3, _step * 0.25f, 12345.678);
}
