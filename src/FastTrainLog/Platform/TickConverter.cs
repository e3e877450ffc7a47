using System.Runtime.InteropServices;

namespace FastTrainLog.Platform;

/// <summary>Converts the ticks of records to UTC.</summary>
/// <remarks>
/// Between the latest ticks that were converted and a reading of both clocks times are interpolated, and what follows the reading has the rate that was measured. So a new reading never changes a time that was given
/// before, and times never fall, unless the system clock is set back by a second or more. A recovery that has the saved state gives each record the same time to the last digit.
/// </remarks>
internal sealed class TickConverter
{
    /// <summary>The bytes of a saved state.</summary>
    public const int SavedBytes = 5 * sizeof(long);

    // Two readings closer than this give no useful rate.
    private static readonly long MinimumSpan = (long)(TickClock.Frequency / 20);
    private static readonly double NominalRate = TimeSpan.TicksPerSecond / TickClock.Frequency;

    private Line _line;
    private long _readTicks;
    private long _readUtc;
    private long _latest;

    public TickConverter()
    {
        (_readTicks, _readUtc) = Read();
        _latest = _readTicks;
        _line = new Line(_readTicks, _readUtc, _readTicks, _readUtc, NominalRate);
    }

    /// <summary>Initializes a converter with what an earlier process saved.</summary>
    public TickConverter(ReadOnlySpan<byte> saved) => _line = MemoryMarshal.Read<Line>(saved);

    /// <summary>Gets the ticks of the last reading.</summary>
    public long Base => _line.Base;

    /// <summary>Gets the UTC time of the last reading, in units of 100 ns.</summary>
    public long BaseUtc => _line.BaseUtc;

    /// <summary>Writes the state, <see cref="SavedBytes"/>, for a recovery to read.</summary>
    public void Save(Span<byte> destination) => MemoryMarshal.Write(destination, _line);

    /// <summary>Reads both clocks if the last reading is old enough.</summary>
    /// <returns>Whether times are converted in another way from now on.</returns>
    public bool TryCalibrate()
    {
        (long ticks, long utc) = Read();
        return TryCalibrate(ticks, utc);
    }

    /// <summary>Takes readings of both clocks if the last ones are old enough; those of a counter that was reset always are.</summary>
    /// <returns>Whether times are converted in another way from now on.</returns>
    public bool TryCalibrate(long ticks, long utc)
    {
        long span = ticks - _readTicks;
        if (span >= 0 && span < MinimumSpan)
        {
            return false;
        }

        double measured = (utc - _readUtc) / (double)span;
        // A rate that far off is a step of the system clock, not the tick's true rate.
        double rate = Math.Abs(measured / NominalRate - 1) < 0.001 ? measured : NominalRate;
        (_readTicks, _readUtc) = (ticks, utc);
        long at = Math.Max(ticks, _latest);
        long atUtc = utc + (long)((at - ticks) * rate);
        // A step of the system clock must remain visible; less is spread over the records since.
        bool isStep = Math.Abs(atUtc - At(at)) >= TimeSpan.TicksPerSecond;
        (long from, long fromUtc) = isStep ? (at, atUtc) : (_latest, At(_latest));
        _line = new Line(from, fromUtc, at, Math.Max(atUtc, fromUtc), rate);
        return true;
    }

    /// <summary>Returns the UTC time of ticks, in units of 100 ns.</summary>
    public long ToUtcTicks(long ticks)
    {
        _latest = Math.Max(_latest, ticks);
        return At(ticks);
    }

    private long At(long ticks) =>
        ticks >= _line.Base ? _line.BaseUtc + (long)((ticks - _line.Base) * _line.Rate)
        : ticks >= _line.From ? _line.FromUtc + (long)((ticks - _line.From) * ((_line.BaseUtc - _line.FromUtc) / (double)(_line.Base - _line.From)))
        : _line.FromUtc - (long)((_line.From - ticks) * _line.Rate);

    private static (long Ticks, long Utc) Read() => TickClock.ReadBeside(static () => DateTime.UtcNow.Ticks);

    // Up to From, from there to Base, and after it.
    private readonly record struct Line(long From, long FromUtc, long Base, long BaseUtc, double Rate);
}
