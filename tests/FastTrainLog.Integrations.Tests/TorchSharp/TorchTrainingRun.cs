using System.Diagnostics;
using System.Text.Json;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

/// <summary>The sample as a user starts it: a process of its own, run to its end, in a directory that is deleted with this.</summary>
internal sealed class TorchTrainingRun : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-torch-sample-").FullName;

    public string Logs => Path.Combine(_directory, "logs");

    public (int ExitCode, string Output, string Error) Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TorchTraining.dll"), "--log-dir", Logs, .. arguments])
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Reads the properties of an event's records.</summary>
    public JsonElement[] Records(string eventName) =>
    [
        .. File.ReadLines(Path.Combine(Logs, "run.jsonl"))
            .Select(static line => JsonElement.Parse(line))
            .Where(record => record.GetProperty("event").GetString() == eventName),
    ];

    public JsonElement[] Properties(string eventName) => [.. Records(eventName).Select(static record => record.GetProperty("properties"))];

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
