using System.Text.Json;
using FastTrainLog.Files;

namespace FastTrainLog.Resuming;

/// <summary>The notes of the runs of a log directory, a small file each in a folder of their own. Without them a run is resumed with the options that its program passes.</summary>
internal static class RunNotes
{
    private const string Folder = ".fasttrainlog.runs";

    /// <summary>Reads the note of a run; null if there is none, or none that can be read.</summary>
    public static RunNote? Read(string logDirectory, string runId, int rank)
    {
        try
        {
            using FileStream file = File.OpenRead(PathOf(logDirectory, runId, rank));
            return JsonSerializer.Deserialize(file, RunNoteJson.Default.RunNote) is { } note && note.RunId == runId && note.Rank == rank ? note : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the note of a run; one that was there is whole until the new one is.</summary>
    public static void Write(string logDirectory, RunNote note, UnixFileMode? mode) =>
        RunFile.Replace(PathOf(logDirectory, note.RunId, note.Rank), JsonSerializer.SerializeToUtf8Bytes(note, RunNoteJson.Default.RunNote), toDisk: false, mode);

    private static string PathOf(string logDirectory, string runId, int rank) => Path.Combine(logDirectory, Folder, RunFile.NameOf(runId, rank) + ".json");
}
