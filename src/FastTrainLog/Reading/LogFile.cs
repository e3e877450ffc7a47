using System.Globalization;
using System.Text.RegularExpressions;

namespace FastTrainLog.Reading;

/// <summary>A file of JSON lines in a log directory: the one that a process writes, or one that it rotated away.</summary>
/// <param name="Path">The path.</param>
/// <param name="Log">Which log of the directory wrote it: 1 for <c>run.jsonl</c>, 2 for <c>run.2.jsonl</c> of a second process beside the first.</param>
/// <param name="Backup">0 for the file that is written, and the higher the older for those that were rotated away.</param>
/// <param name="IsCompressed">Whether it was compressed with gzip after its rotation.</param>
/// <param name="Length">Its length in bytes, compressed where it is.</param>
public sealed partial record LogFile(string Path, int Log, int Backup, bool IsCompressed, long Length)
{
    /// <summary>Finds the JSON lines of a directory.</summary>
    /// <param name="directory">The log directory.</param>
    /// <returns>The files: log by log, each log's oldest file first.</returns>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    public static IReadOnlyList<LogFile> Find(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var files = new List<LogFile>();
        foreach (FileInfo file in new DirectoryInfo(directory).EnumerateFiles())
        {
            Match name = FileName().Match(file.Name);
            // Asking whether it exists also remembers its length: a rotation may rename it between two questions.
            if (name.Success && file.Exists)
            {
                files.Add(new LogFile(file.FullName, Number(name, "log", 1), Number(name, "backup", 0), name.Groups["gzip"].Success, file.Length));
            }
        }

        // Where both are there the plain one is whole: the library takes it away last, and so does gzip, whose compressed one may be cut off.
        return [.. files.OrderBy(file => file.IsCompressed).DistinctBy(file => (file.Log, file.Backup)).OrderBy(file => file.Log).ThenByDescending(file => file.Backup)];
    }

    private static int Number(Match name, string group, int otherwise) =>
        name.Groups[group].Success ? int.Parse(name.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"^run(\.(?<log>\d{1,9}))?\.jsonl(\.(?<backup>\d{1,9}))?(?<gzip>\.gz)?$")]
    private static partial Regex FileName();
}
