using System.Globalization;
using System.Text;
using FastTrainLog.Files;

namespace FastTrainLog.Sinks;

/// <summary>What a reader that must see every record, such as a shipper, says in the log directory: up to which time it has read each log. Retention keeps what it has not read.</summary>
/// <remarks>
/// A text file, <c>.fasttrainlog.NAME.reader</c>: a line with the version, then one for each log with its number and the time of the last record read, in UTC ticks. Beside it, <c>.fasttrainlog.NAME.lost</c> has a
/// line with the bytes of each file that had to go all the same; the reader takes it away.
/// </remarks>
internal sealed class LogReaderMark
{
    /// <summary>How long a reader that gives no sign of life is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    private const string Prefix = ".fasttrainlog.";
    private const string Extension = ".reader";
    private const string LostExtension = ".lost";
    private const string Version = "version 1";
    private const long MostBytes = 64 * 1024;

    private readonly string _path;
    private readonly Dictionary<int, long> _ticks;

    private LogReaderMark(string path, Dictionary<int, long> ticks) => (_path, _ticks) = (path, ticks);

    /// <summary>Returns the marks of a directory's readers that gave a sign of life lately.</summary>
    public static IReadOnlyList<LogReaderMark> Find(string directory, DateTime now)
    {
        var marks = new List<LogReaderMark>();
        foreach (FileInfo file in new DirectoryInfo(directory) is { Exists: true } place ? place.EnumerateFiles(Prefix + "*" + Extension) : [])
        {
            // What another version wrote, or is damaged, keeps nothing.
            if (file.Length <= MostBytes && now - file.LastWriteTimeUtc < Patience && TryRead(file.FullName) is { } ticks)
            {
                // A clock was ahead when they were written, which says nothing of what was written since.
                foreach ((int log, long _) in ticks.Where(read => read.Value > now.Ticks).ToArray())
                {
                    ticks[log] = 0;
                }

                marks.Add(new LogReaderMark(file.FullName, ticks));
            }
        }

        return marks;
    }

    /// <summary>Writes the mark of a reader.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="name">The reader's name.</param>
    /// <param name="ticks">The time of the last record read, for each log that was read from.</param>
    public static void Write(string directory, string name, IEnumerable<(int Log, long Ticks)> ticks)
    {
        var text = new StringBuilder(Version).Append('\n');
        foreach ((int log, long read) in ticks)
        {
            text.Append(CultureInfo.InvariantCulture, $"{log} {read}\n");
        }

        RunFile.Replace(PathOf(directory, name, Extension), Encoding.ASCII.GetBytes(text.ToString()), toDisk: false);
    }

    /// <summary>Takes what had to go before a reader had read it.</summary>
    /// <returns>The bytes of those files.</returns>
    public static long TakeLost(string directory, string name)
    {
        string path = PathOf(directory, name, LostExtension);
        if (!File.Exists(path))
        {
            return 0;
        }

        // What is added from here on goes to a new file.
        string taken = path + ".taken";
        File.Move(path, taken, overwrite: true);
        long bytes = File.ReadLines(taken).Sum(static line => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long lost) ? lost : 0);
        File.Delete(taken);
        return bytes;
    }

    /// <summary>Returns whether the reader has yet to read something of a rotated file.</summary>
    public bool IsBehind(RotatedFile file) => _ticks.GetValueOrDefault(file.Log) < file.Written.Ticks;

    /// <summary>Tells the reader that a file it had not read had to go.</summary>
    public void TellLost(RotatedFile file) =>
        File.AppendAllText(Path.ChangeExtension(_path, LostExtension), string.Create(CultureInfo.InvariantCulture, $"{file.Length}\n"));

    private static string PathOf(string directory, string name, string extension) => Path.Combine(directory, Prefix + name + extension);

    private static Dictionary<int, long>? TryRead(string path)
    {
        var ticks = new Dictionary<int, long>();
        bool isFirst = true;
        foreach (string line in File.ReadLines(path))
        {
            string[] parts = line.Split(' ');
            if (isFirst ? line != Version : parts.Length != 2 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out int log) || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out long read) || !ticks.TryAdd(log, read))
            {
                return null;
            }

            isFirst = false;
        }

        return isFirst ? null : ticks;
    }
}
