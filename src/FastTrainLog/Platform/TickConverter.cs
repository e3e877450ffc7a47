using System.Runtime.InteropServices;

namespace FastTrainLog.Platform;

/// <summary>Converts the ticks of records to UTC, by a line through two readings of both clocks.</summary>
/// <remarks>
/// The backend takes a reading in every cycle. Within a cycle one line applies, so a thread's timestamps never
/// go backwards in it; a step of the system clock takes effect with the next cycle.
/// </remarks>
internal sealed class TickConverter
{
    // Two readings closer than this give no useful slope.
    private static readonly long MinimumSpan = (long)(TickClock.Frequency / 20);

    private long _baseTicks;
    private long _baseUtc;
    private double _utcPerTick = TimeSpan.TicksPerSecond / TickClock.Frequency;

    public TickConverter() => (_baseTicks, _baseUtc) = Read();

    /// <summary>Initializes the line that an earlier process saved.</summary>
    public TickConverter(ReadOnlySpan<byte> saved)
    {
        _baseTicks = MemoryMarshal.Read<long>(saved);
        _baseUtc = MemoryMarshal.Read<long>(saved[8..]);
        _utcPerTick = MemoryMarshal.Read<double>(saved[16..]);
    }

    /// <summary>Gets the UTC time of the last reading, in units of 100 ns.</summary>
    public long BaseUtc => _baseUtc;

    /// <summary>Writes the line, 24 bytes, for a recovery to read.</summary>
    public void Save(Span<byte> destination)
    {
        MemoryMarshal.Write(destination, _baseTicks);
        MemoryMarshal.Write(destination[8..], _baseUtc);
        MemoryMarshal.Write(destination[16..], _utcPerTick);
    }

    /// <summary>Reads both clocks and returns the ticks of now.</summary>
    public long Calibrate()
    {
        (long ticks, long utc) = Read();
        if (ticks - _baseTicks >= MinimumSpan)
        {
            double nominal = TimeSpan.TicksPerSecond / TickClock.Frequency;
            double measured = (utc - _baseUtc) / (double)(ticks - _baseTicks);
            // A slope that far off is a step of the system clock, not the tick's true rate.
            _utcPerTick = Math.Abs(measured / nominal - 1) < 0.001 ? measured : nominal;
            _baseTicks = ticks;
            _baseUtc = utc;
        }

        return ticks;
    }

    /// <summary>Returns the UTC time of ticks, in units of 100 ns.</summary>
    public long ToUtcTicks(long ticks) => _baseUtc + (long)((ticks - _baseTicks) * _utcPerTick);

    private static (long Ticks, long Utc) Read() => TickClock.ReadBeside(static () => DateTime.UtcNow.Ticks);
}
