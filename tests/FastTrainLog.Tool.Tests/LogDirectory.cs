using System.Text;
using FastTrainLog.Analysis;
using FastTrainLog.Reading;
using Xunit;

namespace FastTrainLog.Tool.Tests;

/// <summary>A log directory that a test fills by hand.</summary>
internal sealed class LogDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ftl-tool-").FullName;

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Writes a file.</summary>
    public LogDirectory With(string file, params string[] lines) => With(file, Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    /// <summary>Writes a file.</summary>
    public LogDirectory With(string file, byte[] content)
    {
        File.WriteAllBytes(PathOf(file), content);
        return this;
    }

    /// <summary>Returns a record's line.</summary>
    public static string Line(int second, string message, string properties = "{}") =>
        $$"""{"timestamp":"2026-11-24T06:00:{{second:D2}}.0000000Z","level":"INFO","logger":"main","thread":1,"eventId":7,"event":"Test","message":"{{message}}","properties":{{properties}}}""";

    /// <summary>Reads the messages of all records.</summary>
    public List<string> ReadMessages(out UnreadableLines unreadable)
    {
        using var reader = new LogReader(Path);
        var messages = new List<string>();
        while (reader.Read())
        {
            messages.Add(reader.Current.GetMessage());
        }

        unreadable = reader.Unreadable;
        return messages;
    }

    /// <summary>Analyses a run, the last one where none is named.</summary>
    public LogAnalysis Analyze(string? run = null) => Analyze(Path, run);

    /// <summary>Analyses a run of any directory.</summary>
    public static LogAnalysis Analyze(string directory, string? run = null) => LogAnalysis.Read(directory, run, cancellation: TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
