using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>A log in a directory of its own, whose lines a test reads back.</summary>
internal sealed class LoggedRun : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-generators-").FullName;

    public LoggedRun(Action<TrainLogOptions>? configure = null) => Logging = TrainLogging.Create(o =>
    {
        o.LogDirectory = _directory;
        o.EnableConsoleLogging = false;
        configure?.Invoke(o);
    });

    public TrainLogging Logging { get; }

    public TrainLogger Logger => Logging.GetLogger(LogCategories.Main);

    /// <summary>Returns the JSON objects that were logged so far.</summary>
    public List<JsonElement> Read()
    {
        Assert.True(Logging.Flush());
        return ReadAfterEnd();
    }

    /// <summary>Returns the JSON objects that were logged until the log was disposed.</summary>
    public List<JsonElement> ReadAfterEnd()
    {
        string path = Path.Combine(_directory, "run.jsonl");
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonElement.Parse(line))];
    }

    /// <summary>Returns the memory of the journal, which .NET itself would not open as long as the log holds its lock.</summary>
    public byte[] ReadJournal()
    {
        byte[] owner = Encoding.UTF8.GetBytes(_directory);
        string copy = Path.Combine(_directory, "copy");
        var journals = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, AttributesToSkip = FileAttributes.None };
        foreach (string folder in new[] { Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"), "/dev/shm", _directory }.OfType<string>().Where(Directory.Exists))
        {
            foreach (string journal in Directory.GetFiles(folder, "*.journal", journals))
            {
                using Process cp = Process.Start("cp", [journal, copy]);
                cp.WaitForExit();
                // Its header names the log directory. Another test's journal may be gone by now.
                if (cp.ExitCode == 0 && File.ReadAllBytes(copy) is var bytes && bytes.AsSpan(0, Math.Min(bytes.Length, 1 << 16)).IndexOf(owner) >= 0)
                {
                    return bytes;
                }
            }
        }

        throw new InvalidOperationException($"No journal of '{_directory}' was found.");
    }

    public JsonElement Single() => Assert.Single(Read());

    public void Dispose()
    {
        Logging.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
