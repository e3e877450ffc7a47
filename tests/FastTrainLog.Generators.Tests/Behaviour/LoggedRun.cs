using System.Text.Json;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>A log in a directory of its own, whose lines a test reads back.</summary>
internal sealed class LoggedRun : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-generators-").FullName;

    public LoggedRun() => Logging = TrainLogging.Create(o =>
    {
        o.LogDirectory = _directory;
        o.EnableConsoleLogging = false;
    });

    public TrainLogging Logging { get; }

    public TrainLogger Logger => Logging.GetLogger(LogCategories.Main);

    /// <summary>Returns the JSON objects that were logged so far.</summary>
    public List<JsonElement> Read()
    {
        Assert.True(Logging.Flush());
        string path = Path.Combine(_directory, "run.jsonl");
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonElement.Parse(line))];
    }

    public JsonElement Single() => Assert.Single(Read());

    public void Dispose()
    {
        Logging.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
