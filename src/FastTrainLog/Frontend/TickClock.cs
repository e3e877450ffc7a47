using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FastTrainLog.Frontend;

/// <summary>The clock that stamps records: ticks without a date, as cheap to read as the platform allows.</summary>
internal static class TickClock
{
    /// <summary>Gets the nominal ticks a second; the backend corrects it against UTC.</summary>
    public static double Frequency => Stopwatch.Frequency;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Now() => Stopwatch.GetTimestamp();
}
