using FastTrainLog.Indexing;
using FastTrainLog.Reading;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Tool.Tail;

/// <summary>The followed files of a directory, their lines merged in the order of time.</summary>
internal sealed class TailedLog : IDisposable
{
    private readonly string _directory;
    private readonly string? _file;
    private readonly Func<LogFile, ITailFormat> _formatOf;
    private readonly LinePlan? _plan;
    private readonly Dictionary<string, (FollowedFile File, ITailFormat Format, int Log)> _files = [];
    private readonly Utf8Buffer _lines = new();
    private readonly List<(long Ticks, int Start, int Length)> _order = [];

    /// <param name="directory">The log directory.</param>
    /// <param name="file">The name of the only file that is followed; null for all the JSON lines.</param>
    /// <param name="plan">Which of the last lines are needed; null for all.</param>
    /// <param name="formatOf">Makes the format of a file.</param>
    public TailedLog(string directory, string? file, LinePlan? plan, Func<LogFile, ITailFormat> formatOf)
    {
        _plan = plan;
        _directory = directory;
        _file = file;
        _formatOf = formatOf;
        AddFiles(fromEnd: true);
    }

    /// <summary>Gets whether there has been a file to follow.</summary>
    public bool HasFiles => _files.Count > 0;

    /// <summary>Gets the names of the files of which some were deleted before they could be read.</summary>
    public IEnumerable<string> Incomplete => _files.Where(file => file.Value.File.HasLostFiles).Select(file => Path.GetFileName(file.Key));

    /// <summary>Gets what could not be read, and why.</summary>
    public IEnumerable<string> Damaged => _files.Values.SelectMany(file => file.File.Damaged);

    /// <summary>Writes the last lines that were there at the start.</summary>
    /// <param name="count">How many.</param>
    /// <param name="output">Where they are written to.</param>
    public void WriteLast(int count, Action<ReadOnlySpan<byte>> output)
    {
        var last = new List<(long Ticks, byte[] Text)>();
        foreach ((FollowedFile file, ITailFormat format, int log) in _files.Values)
        {
            last.AddRange(Last(count, file, format, log));
        }

        foreach ((_, byte[] text) in last.OrderBy(line => line.Ticks).TakeLast(count))
        {
            output(text);
        }
    }

    /// <summary>Writes what was added since the last call.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool WriteNew(Action<ReadOnlySpan<byte>> output)
    {
        AddFiles(fromEnd: false);
        _lines.Clear();
        _order.Clear();
        bool inOrder = true;
        foreach ((FollowedFile file, ITailFormat format, _) in _files.Values)
        {
            long latest = 0;
            file.Poll(line =>
            {
                int start = _lines.Length;
                long ticks = format.Append(_lines, line);
                if (_lines.Length > start)
                {
                    // A line without a time stays after the one before it.
                    latest = Math.Max(latest, ticks);
                    inOrder &= _order.Count == 0 || _order[^1].Ticks <= latest;
                    _order.Add((latest, start, _lines.Length - start));
                }
            });
        }

        if (inOrder)
        {
            output(_lines.Written);
        }
        else
        {
            foreach ((_, int start, int length) in _order.OrderBy(line => line.Ticks))
            {
                output(_lines.Written.Slice(start, length));
            }
        }

        return _order.Count > 0;
    }

    public void Dispose()
    {
        foreach ((FollowedFile file, _, _) in _files.Values)
        {
            file.Dispose();
        }
    }

    // The latest first; a line with its trace counts as one.
    private List<(long Ticks, byte[] Text)> Last(int count, FollowedFile file, ITailFormat format, int log)
    {
        var lines = new List<(long Ticks, byte[] Text)>();
        if (count == 0)
        {
            return lines;
        }

        var buffer = new Utf8Buffer();
        var trace = new Stack<byte[]>();
        foreach (byte[] line in file.PassedOver((beginning, plain) => _plan is not null && LogFileIdentity.OfLines(beginning) is { } identity ? _plan.SpansOf(log, identity, plain) : LineSpan.All))
        {
            if (format.Continues(line))
            {
                trace.Push(line);
                continue;
            }

            buffer.Clear();
            long ticks = format.Append(buffer, line);
            while (trace.TryPop(out byte[]? next))
            {
                format.Append(buffer, next);
            }

            if (buffer.Length > 0)
            {
                lines.Add((ticks, buffer.Written.ToArray()));
                if (lines.Count == count)
                {
                    break;
                }
            }
        }

        lines.Reverse();
        return lines;
    }

    private void AddFiles(bool fromEnd)
    {
        if (_file is not null)
        {
            Add(new LogFile(Path.Combine(_directory, _file), 1, 0, IsCompressed: false, 0), fromEnd);
            return;
        }

        foreach (LogFile file in LogFile.Find(_directory).Where(file => file.Backup == 0))
        {
            Add(file, fromEnd);
        }
    }

    private void Add(LogFile file, bool fromEnd)
    {
        if (!_files.ContainsKey(file.Path))
        {
            _files.Add(file.Path, (new FollowedFile(file.Path, fromEnd), _formatOf(file), file.Log));
        }
    }
}
