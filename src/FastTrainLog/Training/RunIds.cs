using System.Globalization;

namespace FastTrainLog.Training;

/// <summary>Generates identifiers of runs, such as <c>20260101-120000-7kd3m2qx</c>: the UTC time, its fraction of a second, and a random part.</summary>
/// <remarks>
/// They sort by time, to a 32,768th of a second. No two of a process share that time; those of different processes that do have random parts, one of 33 million.
/// </remarks>
internal static class RunIds
{
    private const int FractionBits = 15;
    private const int ChanceBits = 25;
    private const int DigitBits = 5;

    // Crockford's base 32, whose digits sort like their values and cannot be confused.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    private static long Latest;

    public static string Next()
    {
        long time = NextTime();
        long number = ((time & ((1L << FractionBits) - 1)) << ChanceBits) | (uint)Random.Shared.Next(1 << ChanceBits);
        var second = new DateTime((time >> FractionBits) * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
        return string.Create(CultureInfo.InvariantCulture, $"{second:yyyyMMdd-HHmmss}-{Text(number)}");
    }

    private static long NextTime()
    {
        while (true)
        {
            (long seconds, long ticks) = Math.DivRem(DateTime.UtcNow.Ticks, TimeSpan.TicksPerSecond);
            long now = (seconds << FractionBits) | ((ticks << FractionBits) / TimeSpan.TicksPerSecond);
            long latest = Interlocked.Read(ref Latest);
            long next = Math.Max(now, latest + 1);
            if (Interlocked.CompareExchange(ref Latest, next, latest) == latest)
            {
                return next;
            }
        }
    }

    private static string Text(long number) => string.Create((FractionBits + ChanceBits) / DigitBits, number, static (text, value) =>
    {
        for (int i = text.Length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(value & ((1 << DigitBits) - 1))];
            value >>= DigitBits;
        }
    });
}
