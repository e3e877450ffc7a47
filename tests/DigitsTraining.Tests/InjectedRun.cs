using System.Text.Json;

namespace DigitsTraining.Tests;

/// <summary>One run with a NaN in a gradient of step 100 and a batch of step 200 that cannot be read; many tests look at what it left.</summary>
public sealed class InjectedRun : IDisposable
{
    private readonly SampleProcess _process = new("--inject-nan", "100", "--inject-error", "200", "--zlogger", "zlogger.jsonl");

    public InjectedRun()
    {
        ExitCode = _process.WaitForEnd();
        Output = _process.Output;
        Error = _process.Error;
    }

    public int ExitCode { get; }

    public string Output { get; }

    public string Error { get; }

    public string LogDirectory => Path.Combine(_process.Directory, "logs");

    /// <summary>Reads what ZLogger wrote of the records that it was handed.</summary>
    public string[] ZLoggerLines() => File.ReadAllLines(Path.Combine(_process.Directory, "zlogger.jsonl"));

    public string[] Lines(string file) => File.ReadAllLines(Path.Combine(LogDirectory, file));

    public JsonElement[] Records(string eventName) =>
        [.. Lines("run.jsonl").Select(line => JsonDocument.Parse(line).RootElement).Where(record => record.GetProperty("event").GetString() == eventName)];

    public void Dispose() => _process.Dispose();
}
