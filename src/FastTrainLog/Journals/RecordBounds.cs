using System.Runtime.CompilerServices;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Journals;

/// <summary>Checks that the arguments of a record from a file end within it, before anything reads them.</summary>
internal static unsafe class RecordBounds
{
    public static bool Hold(CallSite site, byte* record, int length)
    {
        byte* at = record + RecordLayout.HeaderBytes;
        byte* end = record + length;
        if (site.Level == CallSite.LevelInRecord && (at >= end || *at > (byte)LogLevel.Critical))
        {
            return false;
        }

        foreach (CallSiteArgument argument in site.Arguments)
        {
            if (argument.IsNullable)
            {
                if (at >= end)
                {
                    return false;
                }

                if (*at++ == 0)
                {
                    continue;
                }
            }

            if (!Skip(argument.Kind, ref at, end))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Skip(ArgumentKind kind, ref byte* at, byte* end) => kind switch
    {
        ArgumentKind.String or ArgumentKind.Text => SkipText(ref at, end),
        ArgumentKind.Exception => SkipText(ref at, end) && SkipText(ref at, end) && SkipText(ref at, end),
        ArgumentKind.Metrics => SkipMetrics(ref at, end),
        ArgumentKind.Properties => SkipProperties(ref at, end),
        ArgumentKind.Numbers => SkipNumbers(ref at, end),
        ArgumentKind.DateTime => IsTime(at, end) && SkipBytes(sizeof(long), ref at, end),
        ArgumentKind.DateTimeOffset => IsDate(at, end) && SkipBytes(16, ref at, end),
        ArgumentKind.Decimal => IsDecimal(at, end) && SkipBytes(sizeof(decimal), ref at, end),
        _ when Enum.IsDefined(kind) => SkipBytes(RecordDecoder.SizeOf(kind, null), ref at, end),
        _ => false,
    };

    private static bool SkipBytes(int count, ref byte* at, byte* end)
    {
        if (end - at < count)
        {
            return false;
        }

        at += count;
        return true;
    }

    private static bool IsTime(byte* at, byte* end) => end - at >= sizeof(long) && Is(at, static value => DateTime.FromBinary(Unsafe.ReadUnaligned<long>((byte*)value)));

    // Which values are dates, and not only numbers, their types decide: those of a local time by the time zone too.
    private static bool Is(byte* at, Action<nint> read)
    {
        try
        {
            read((nint)at);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // A sign and a scale of 28 at most, and then the digits.
    private static bool IsDecimal(byte* at, byte* end)
    {
        if (end - at < sizeof(decimal))
        {
            return false;
        }

        int flags = Unsafe.ReadUnaligned<int>(at);
        return (flags & 0x7F00_FFFF) == 0 && ((flags >> 16) & 0xFF) <= 28;
    }

    private static bool IsDate(byte* at, byte* end) =>
        end - at >= 2 * sizeof(long) && Is(at, static value => _ = new DateTimeOffset(Unsafe.ReadUnaligned<long>((byte*)value), new TimeSpan(Unsafe.ReadUnaligned<long>((byte*)value + sizeof(long)))));

    private static bool SkipText(ref byte* at, byte* end)
    {
        if (end - at < sizeof(int))
        {
            return false;
        }

        int length = Math.Max(0, Unsafe.ReadUnaligned<int>(at));
        at += sizeof(int);
        if (length > (end - at) / sizeof(char))
        {
            return false;
        }

        at += length * sizeof(char);
        return true;
    }

    private static bool SkipMetrics(ref byte* at, byte* end)
    {
        if (!TryReadCount(ref at, end, out int count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!SkipText(ref at, end) || !SkipBytes(sizeof(double), ref at, end))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SkipProperties(ref byte* at, byte* end)
    {
        if (!TryReadCount(ref at, end, out int count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!SkipText(ref at, end) || at >= end)
            {
                return false;
            }

            var kind = (ArgumentKind)(*at++);
            // Only what a list of properties holds: no list nests in it, and no enum or exception is there.
            if (kind is ArgumentKind.Properties or ArgumentKind.Enum or ArgumentKind.Exception or ArgumentKind.Text
                || !Skip(kind, ref at, end))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SkipNumbers(ref byte* at, byte* end)
    {
        if (end - at < NumberList.HeaderBytes)
        {
            return false;
        }

        var kind = (ArgumentKind)at[NumberList.KindAt];
        int stored = Unsafe.ReadUnaligned<int>(at + NumberList.StoredAt);
        at += NumberList.HeaderBytes;
        if (!NumberList.IsElement(kind) || stored < 0)
        {
            return false;
        }

        long bytes = (long)stored * RecordDecoder.SizeOf(kind, null);
        return bytes <= end - at && SkipBytes((int)bytes, ref at, end);
    }

    private static bool TryReadCount(ref byte* at, byte* end, out int count)
    {
        count = 0;
        if (end - at < sizeof(int))
        {
            return false;
        }

        count = Unsafe.ReadUnaligned<int>(at);
        at += sizeof(int);
        return count >= 0;
    }
}
