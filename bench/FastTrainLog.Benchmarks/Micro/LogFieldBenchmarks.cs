using BenchmarkDotNet.Attributes;
using FastTrainLog.Redaction;

namespace FastTrainLog.Benchmarks.Micro;

/// <summary>Log calls with what <c>[LoggerMessage]</c> has not: limits of calls, redaction, summaries of spans.</summary>
/// <remarks>In bursts that the pages hold; what the backend costs is not in it.</remarks>
[MemoryDiagnoser]
[InvocationCount(Burst, unrollFactor: 16)]
[IterationCount(15)]
[WarmupCount(10)]
public class LogFieldBenchmarks
{
    private const int Burst = 8192;
    private const string User = "somebody@example.org";

    private readonly float[] _weights = [.. Enumerable.Range(0, 1024).Select(static i => MathF.Sin(i))];
    private string _directory = string.Empty;
    private TrainLogging? _logging;
    private TrainLogger _logger = null!;
    private long _step;

    /// <summary>Starts a log.</summary>
    [GlobalSetup]
    public void Start()
    {
        _directory = Directory.CreateTempSubdirectory("fasttrainlog-bench-").FullName;
        _logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.EnableJsonLogging) = (_directory, false, false);
            o.Redact<PersonalDataAttribute>(Redactor.Hash("a key of sixteen"u8));
            o.Redact<SecretDataAttribute>(Redactor.Mask());
        });
        _logger = _logging.GetLogger(LogCategories.Main);
    }

    /// <summary>Lets the log write what it was given, so that the next burst finds its pages empty.</summary>
    [IterationCleanup]
    public void Rest() => _logging!.Flush();

    /// <summary>Ends the log.</summary>
    [GlobalCleanup]
    public void End()
    {
        _logging!.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Logs a number.</summary>
    [Benchmark(Baseline = true)]
    public void Number() => LogFieldMessages.Plain(_logger, _step++);

    /// <summary>Asks a sampling gate, which leaves the call out.</summary>
    [Benchmark]
    public void SampledOut() => LogFieldMessages.SampledOut(_logger, _step++);

    /// <summary>Asks a sampling gate, which leaves every second call out.</summary>
    [Benchmark]
    public void EverySecond() => LogFieldMessages.EverySecond(_logger, _step++);

    /// <summary>Asks a rate limit, which leaves all but one call in a second out.</summary>
    [Benchmark]
    public void RateLimited() => LogFieldMessages.RateLimited(_logger, _step++);

    /// <summary>Logs a text of 20 characters.</summary>
    [Benchmark]
    public void Text() => LogFieldMessages.Text(_logger, User);

    /// <summary>Logs it erased.</summary>
    [Benchmark]
    public void Erased() => LogFieldMessages.Erased(_logger, User);

    /// <summary>Logs its last characters.</summary>
    [Benchmark]
    public void Masked() => LogFieldMessages.Masked(_logger, User);

    /// <summary>Logs its hash.</summary>
    [Benchmark]
    public void Hashed() => LogFieldMessages.Hashed(_logger, User);

    /// <summary>Logs the summary of 1,024 numbers.</summary>
    [Benchmark]
    public void Summary1024() => LogFieldMessages.Summary(_logger, _weights);

    /// <summary>Logs 16 numbers of 1,024.</summary>
    [Benchmark]
    public void Values16() => LogFieldMessages.Values(_logger, _weights);
}
