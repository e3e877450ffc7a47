using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastTrainLog.Formatting;

namespace FastTrainLog.Recovery;

/// <summary>Determines which records of a journal are already in a file, by their lines.</summary>
/// <remarks>
/// Neither the number of lines nor their positions are sufficient: other logs and programs may have written between them, and the process wrote its records in
/// another order than their times if a thread was interrupted in the middle of a call. Lines are compared without their times, which may
/// differ by a second if the clock was recalibrated, and in text files by hours if the time zone has changed.
/// </remarks>
/// <param name="isJson">Whether the lines are JSON.</param>
internal sealed class WrittenRecords(bool isJson)
{
    private static readonly long Tolerance = TimeSpan.TicksPerSecond;

    // All offsets from UTC are multiples of this.
    private static readonly long ZoneStep = 15 * TimeSpan.TicksPerMinute;

    private readonly Dictionary<UInt128, List<Candidate>> _candidates = [];
    private readonly HashSet<int> _written = [];

    // The second and further lines of multi-line records.
    private readonly List<UInt128> _furtherLines = [];
    private Candidate? _begun;
    private int _matched;

    /// <summary>Adds a record that is searched for; of equal records the older one comes first.</summary>
    /// <param name="record">Its number.</param>
    /// <param name="lines">Its lines.</param>
    public void Add(int record, ReadOnlySpan<byte> lines)
    {
        int end = lines.IndexOf((byte)'\n');
        if (!LineTime.TrySplit(lines[..end], TimeZoneInfo.Local, out long time, out ReadOnlySpan<byte> rest))
        {
            return;
        }

        int firstFurther = _furtherLines.Count;
        ReadOnlySpan<byte> further = lines[(end + 1)..];
        for (; (end = further.IndexOf((byte)'\n')) >= 0; further = further[(end + 1)..])
        {
            _furtherLines.Add(HashOf(further[..end]));
        }

        ref List<Candidate>? candidates = ref CollectionsMarshal.GetValueRefOrAddDefault(_candidates, HashOf(rest), out _);
        candidates ??= [];
        candidates.Add(new Candidate(record, time, firstFurther, _furtherLines.Count - firstFurther));
    }

    /// <summary>Notes a line of the file; lines come in their order.</summary>
    /// <param name="line">The line, without its end.</param>
    public void Find(ReadOnlySpan<byte> line)
    {
        if (_begun is { } begun)
        {
            if (HashOf(line) == _furtherLines[begun.FirstFurther + _matched])
            {
                if (++_matched == begun.FurtherLines)
                {
                    _written.Add(begun.Record);
                    _begun = null;
                }

                return;
            }

            // Truncated: the record is written again completely.
            _begun = null;
        }

        if (!LineTime.TrySplit(line, TimeZoneInfo.Local, out long time, out ReadOnlySpan<byte> rest) || !_candidates.TryGetValue(HashOf(rest), out List<Candidate>? candidates))
        {
            return;
        }

        int found = candidates.FindIndex(candidate => IsNear(candidate.Time, time));
        if (found < 0)
        {
            return;
        }

        Candidate candidate = candidates[found];
        candidates.RemoveAt(found);
        if (candidate.FurtherLines == 0)
        {
            _written.Add(candidate.Record);
        }
        else
        {
            (_begun, _matched) = (candidate, 0);
        }
    }

    /// <summary>Returns whether a record was found.</summary>
    public bool Contains(int record) => _written.Contains(record);

    private bool IsNear(long a, long b)
    {
        long apart = Math.Abs(a - b);
        if (!isJson)
        {
            apart %= ZoneStep;
            apart = Math.Min(apart, ZoneStep - apart);
        }

        return apart <= Tolerance;
    }

    private static UInt128 HashOf(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    /// <summary>A record that is searched for.</summary>
    /// <param name="Record">Its number.</param>
    /// <param name="Time">The time in its line, in ticks.</param>
    /// <param name="FirstFurther">The first of its further lines.</param>
    /// <param name="FurtherLines">The number of its further lines.</param>
    private readonly record struct Candidate(int Record, long Time, int FirstFurther, int FurtherLines);
}
