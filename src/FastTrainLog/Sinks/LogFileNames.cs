using System.Globalization;
using System.Text.RegularExpressions;

namespace FastTrainLog.Sinks;

/// <summary>The names that a log with given options uses for its files, with all their numbers.</summary>
/// <remarks>Strict, because matching files may be deleted: a name must match exactly.</remarks>
internal sealed class LogFileNames
{
    private const string Hidden = ".fasttrainlog";

    // Elsewhere two names that differ only in case are one file.
    private static readonly bool TellsCapitals = OperatingSystem.IsLinux();

    private readonly Regex _pattern;

    /// <summary>Initializes the names of a log.</summary>
    /// <param name="files">The names that the first log of a directory uses for its files, such as <c>main.log</c>.</param>
    public LogFileNames(IEnumerable<string> files) => _pattern = Pattern(files, RegexOptions.None);

    /// <summary>Returns whether a log may write another file, in any case or because it writes a given one: a rotated or compressed one, one of a second log, a lock.</summary>
    /// <param name="file">The file that it writes.</param>
    /// <param name="other">The name of the other one.</param>
    public static bool MayCollide(string file, string other)
    {
        string name = other.EndsWith(RotatedFiles.TemporaryExtension, Comparison) ? other[..^RotatedFiles.TemporaryExtension.Length] : other;
        return other.StartsWith(Hidden, Comparison) || Pattern([file], TellsCapitals ? RegexOptions.None : RegexOptions.IgnoreCase).IsMatch(name);
    }

    private static StringComparison Comparison => TellsCapitals ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>Returns whether a log uses this file name.</summary>
    public bool Holds(string file) => _pattern.IsMatch(file);

    /// <summary>Returns the rotated files in a directory, those of all its logs.</summary>
    public IEnumerable<RotatedFile> RotatedIn(string directory)
    {
        var files = new DirectoryInfo(directory);
        // Its user may delete it while a log has it.
        foreach (FileInfo file in files.Exists ? files.EnumerateFiles() : [])
        {
            Match match = _pattern.Match(file.Name);
            if (match.Success && match.Groups["number"].Success && file.Exists)
            {
                yield return new RotatedFile(
                    file.FullName,
                    Path.Combine(file.DirectoryName!, match.Groups["of"].Value),
                    match.Groups["log"] is { Success: true } log ? int.Parse(log.ValueSpan, CultureInfo.InvariantCulture) : 1,
                    int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture),
                    file.LastWriteTimeUtc,
                    file.Length);
            }
        }
    }

    private static Regex Pattern(IEnumerable<string> files, RegexOptions options)
    {
        IEnumerable<string> names = files.Distinct().Select(file =>
            $"{Regex.Escape(Path.GetFileNameWithoutExtension(file))}(?:\\.(?<log>[2-9]|[1-9][0-9]{{1,3}}))?{Regex.Escape(Path.GetExtension(file))}");
        return new Regex(
            $@"\A(?<of>{string.Join('|', names)})(?:\.(?<number>[1-9][0-9]{{0,8}})(?:{string.Join('|', BackupEncoding.Extensions.Select(Regex.Escape))}))?\z",
            options | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
    }
}
