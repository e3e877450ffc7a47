using System.Globalization;
using System.Text.RegularExpressions;

namespace FastTrainLog.Sinks;

/// <summary>The names that a log with given options gives to its files, with all their numbers.</summary>
/// <remarks>Strict, for what matches may be deleted: a name must be one that the log gives, to the last character.</remarks>
internal sealed class LogFileNames
{
    private readonly Regex _pattern;

    /// <summary>Initializes the names of a log.</summary>
    /// <param name="files">The names that the first log of a directory gives to its files, such as <c>main.log</c>.</param>
    public LogFileNames(IEnumerable<string> files)
    {
        IEnumerable<string> names = files.Distinct().Select(file =>
            $"{Regex.Escape(Path.GetFileNameWithoutExtension(file))}(?:\\.(?<log>[2-9]|[1-9][0-9]{{1,3}}))?{Regex.Escape(Path.GetExtension(file))}");
        _pattern = new Regex(
            $@"\A(?<of>{string.Join('|', names)})(?:\.(?<number>[1-9][0-9]{{0,8}})(?:\.gz)?)?\z",
            RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
    }

    /// <summary>Returns whether a file's name is one that a log gives.</summary>
    public bool Holds(string file) => _pattern.IsMatch(file);

    /// <summary>Returns the rotated files in a directory, those of all its logs.</summary>
    public IEnumerable<RotatedFile> RotatedIn(string directory)
    {
        foreach (FileInfo file in new DirectoryInfo(directory).EnumerateFiles())
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
}
