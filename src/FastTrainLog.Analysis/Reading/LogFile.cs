using System.Globalization;
using System.Text.RegularExpressions;
using FastTrainLog.Sinks;

namespace FastTrainLog.Reading;

/// <summary>A file of JSON lines in a log directory: the current one of a process, or a rotated one.</summary>
/// <param name="Path">The path.</param>
/// <param name="Log">The number of the log in the directory: 1 for <c>run.jsonl</c>, 2 for <c>run.2.jsonl</c> of a second process at the same time.</param>
/// <param name="Backup">0 for the current file; for rotated files, higher is older.</param>
/// <param name="IsCompressed">Whether it was compressed after its rotation, with gzip or as columns.</param>
/// <param name="Length">Its length in bytes, before decompression.</param>
public sealed partial record LogFile(string Path, int Log, int Backup, bool IsCompressed, long Length)
{
    /// <summary>Finds the JSON lines files of a directory.</summary>
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
            // Checking whether it exists also reads its length: a rotation may rename it between two calls.
            if (name.Success && file.Exists)
            {
                files.Add(new LogFile(file.FullName, Number(name, "log", 1), Number(name, "backup", 0), CompressedFile.IsOne(file.Name), file.Length));
            }
        }

        // If several exist, the plain one is complete: the library deletes it last, and so does gzip, whose compressed file may be truncated.
        return [.. files.OrderBy(file => BackupEncoding.RankOf(file.Path)).DistinctBy(file => (file.Log, file.Backup)).OrderBy(file => file.Log).ThenByDescending(file => file.Backup)];
    }

    private static int Number(Match name, string group, int otherwise) =>
        name.Groups[group].Success ? int.Parse(name.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"^run(\.(?<log>\d{1,9}))?\.jsonl(\.(?<backup>\d{1,9}))?(\.gz|\.cols)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
