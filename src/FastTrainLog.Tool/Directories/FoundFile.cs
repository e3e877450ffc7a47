using System.Globalization;
using System.Text.RegularExpressions;
using FastTrainLog.Reading;
using FastTrainLog.Sinks;

namespace FastTrainLog.Tool.Directories;

/// <summary>A log file, as it is found in a directory.</summary>
/// <param name="Path">The path.</param>
/// <param name="Name">The name of the file that is written, of which this may be a backup: <c>main.log</c>.</param>
/// <param name="Log">Which log of the directory writes it: 1, or the number in <c>main.2.log</c>.</param>
/// <param name="Backup">0 for the file that is written; the higher the older.</param>
/// <param name="IsCompressed">Whether it is compressed.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="LastWrite">When it was written last, in UTC.</param>
internal sealed partial record FoundFile(string Path, string Name, int Log, int Backup, bool IsCompressed, long Length, DateTime LastWrite)
{
    public bool IsBackup => Backup > 0;

    /// <summary>Gets whether it holds JSON lines.</summary>
    public bool IsJson => Name.EndsWith(".jsonl", StringComparison.Ordinal) || Name.EndsWith(".json", StringComparison.Ordinal);

    /// <summary>Finds the log files of a directory: those that every log writes, and those of categories that have a file of their own.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="options">The options of the logs there, of which <see cref="TrainLogOptions.CategoryFiles"/> counts.</param>
    /// <param name="others">The names of the files that are called as log files are and are none of these, so that they may be anybody's.</param>
    public static IReadOnlyList<FoundFile> In(string directory, TrainLogOptions options, out IReadOnlyList<string> others)
    {
        LogFileNames names = StandardSinks.NamesOf(options);
        ILookup<bool, FoundFile> files = Named(directory).ToLookup(file => names.Holds(System.IO.Path.GetFileName(file.Path)));
        others = [.. files[false].Select(file => System.IO.Path.GetFileName(file.Path))];
        return [.. files[true]];
    }

    private static IReadOnlyList<FoundFile> Named(string directory)
    {
        var files = new List<FoundFile>();
        foreach (FileInfo file in new DirectoryInfo(directory).EnumerateFiles())
        {
            Match match = FileName().Match(file.Name);
            if (match.Success && !file.Name.StartsWith('.') && file.Exists)
            {
                files.Add(new FoundFile(
                    file.FullName,
                    match.Groups["name"].Value,
                    Number(match.Groups["log"], otherwise: 1),
                    Number(match.Groups["backup"], otherwise: 0),
                    CompressedFile.IsOne(file.Name),
                    file.Length,
                    file.LastWriteTimeUtc));
            }
        }

        return [.. files.OrderBy(file => file.Name, StringComparer.Ordinal).ThenBy(file => file.Backup)];
    }

    private static int Number(Group group, int otherwise) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"^(?<name>[^.]+(\.(?<log>[1-9]\d{0,8}))?\.(log|jsonl?))(\.(?<backup>[1-9]\d{0,8})(\.gz|\.cols)?)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
