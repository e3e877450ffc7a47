using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;

namespace FastTrainLog.Dashboard.Records;

/// <summary>The files of one log, the oldest first, read in both directions from a place.</summary>
/// <remarks>Files that are gone meanwhile are passed over. Not thread-safe.</remarks>
internal sealed class LogChain
{
    // As a number of seconds a time is rounded by up to a tick and a half.
    public const long RoundingTicks = 2;

    private readonly IReadOnlyList<(LogFile File, ulong Identity)> _files;
    private readonly LinePlan? _plan;

    /// <param name="name">The log's name in a <see cref="LogPlace"/>.</param>
    /// <param name="files">Its files, the oldest first.</param>
    /// <param name="plan">Which lines are needed; null for all.</param>
    public LogChain(string name, IEnumerable<LogFile> files, LinePlan? plan)
    {
        _plan = plan;
        Name = name;
        var known = new List<(LogFile File, ulong Identity)>();
        foreach (LogFile file in files)
        {
            if (Open(file) is { } reader)
            {
                using (reader)
                {
                    // While a rotation goes on, a file may be found twice.
                    if (LogFileIdentity.Of(reader) is { } identity && !known.Exists(other => other.Identity == identity))
                    {
                        known.Add((file, identity));
                    }
                }
            }
        }

        _files = known;
    }

    public string Name { get; }

    /// <summary>Gets the place before its first line; null if it has none.</summary>
    public LogPlace? Start => _files.Count == 0 ? null : new LogPlace(Name, _files[0].Identity, 0);

    /// <summary>Gets the place behind its last complete line; null if it has none.</summary>
    public LogPlace? End
    {
        get
        {
            if (_files.Count == 0)
            {
                return null;
            }

            (LogFile file, ulong identity) = _files[^1];
            if (file.IsCompressed)
            {
                return new LogPlace(Name, identity, long.MaxValue);
            }

            using FileStream stream = RegularFile.Open(file.Path);
            return new LogPlace(Name, identity, ReverseLines.EndOfLastLine(stream));
        }
    }

    /// <summary>Returns whether the file of a place is still there.</summary>
    public bool Has(in LogPlace place) => IndexOf(place) >= 0;

    /// <summary>Returns the lines before a place, the latest first, each with the place before it.</summary>
    public IEnumerable<(LogPlace Before, LogFile File, byte[] Line)> Older(LogPlace place)
    {
        for (int i = IndexOf(place); i >= 0; i--)
        {
            (LogFile file, ulong identity) = _files[i];
            long end = identity == place.Identity ? place.Offset : long.MaxValue;
            FileStream stream;
            try
            {
                stream = RegularFile.Open(file.Path);
            }
            catch (IOException)
            {
                continue;
            }

            using (stream)
            {
                IEnumerable<ReverseLine> lines = file.IsCompressed
                    ? ReverseLines.Of(new CompressedFile(stream, leaveOpen: true), static _ => { }, end, SpansOf(file, identity, null))
                    : ReverseLines.Of(stream, Math.Min(end, ReverseLines.EndOfLastLine(stream)), SpansOf(file, identity, stream));
                foreach (ReverseLine line in lines)
                {
                    yield return (new LogPlace(Name, identity, line.Offset), file, line.Line);
                }
            }
        }
    }

    /// <summary>Returns the complete lines behind a place, each with the place behind it.</summary>
    public IEnumerable<(LogPlace After, LogFile File, byte[] Line)> Newer(LogPlace place)
    {
        for (int i = Math.Max(0, IndexOf(place)); i < _files.Count; i++)
        {
            (LogFile file, ulong identity) = _files[i];
            if (Open(file) is not { } reader)
            {
                continue;
            }

            using (reader)
            {
                if (identity == place.Identity)
                {
                    reader.SkipTo(new LinePosition(place.Offset, 0));
                }

                reader.Restrict(SpansOf(file, identity, reader.Plain));
                while (reader.Read() && !reader.IsUnended)
                {
                    yield return (new LogPlace(Name, identity, reader.Next.Offset), file, reader.IsTooLong ? [] : reader.Current.ToArray());
                }
            }
        }
    }

    /// <summary>Returns the place before the first record of a step's time or later; the end if there is none, and null if the log has no line.</summary>
    /// <param name="time">The time, rounded to the number of seconds that a series keeps.</param>
    /// <param name="step">The step: records of earlier ones that were logged in the same instant are before the place.</param>
    /// <param name="late">The lines that may be of the time or later, as the index of the log tells; null for all.</param>
    public LogPlace? At(DateTime time, long step, LinePlan? late)
    {
        long earliest = time.Ticks - RoundingTicks;
        var table = new RecordTable();
        var names = new NameTable();
        foreach ((LogFile file, ulong identity) in _files)
        {
            using LineReader? reader = Open(file);
            reader?.Restrict(late?.SpansOf(file.Log, identity, reader.Plain) ?? LineSpan.All);
            while (reader?.Read() == true && !reader.IsUnended)
            {
                if (table.Read(reader.Current) is null && table.Ticks >= earliest
                    && !(table.Ticks <= time.Ticks + RoundingTicks && RecordStep.Of(new StoredRecord(table, names, reader.Current, file, 0)) < step))
                {
                    return new LogPlace(Name, identity, reader.Offset);
                }
            }
        }

        return End;
    }

    private IReadOnlyList<LineSpan> SpansOf(LogFile file, ulong identity, FileStream? plain) => _plan?.SpansOf(file.Log, identity, plain) ?? LineSpan.All;

    private static LineReader? Open(LogFile file)
    {
        try
        {
            return new LineReader(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private int IndexOf(in LogPlace place)
    {
        for (int i = 0; i < _files.Count; i++)
        {
            if (_files[i].Identity == place.Identity)
            {
                return i;
            }
        }

        return -1;
    }
}
