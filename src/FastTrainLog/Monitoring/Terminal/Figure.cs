using System.Globalization;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>Figures of a run in short, readable form; the files contain all digits.</summary>
internal static class Figure
{
    /// <summary>Returns a loss, a metric or a norm with four decimals, or in scientific notation if those are not sufficient.</summary>
    public static string Of(double value)
    {
        double size = Math.Abs(value);
        return double.IsNaN(value) ? "NaN"
            : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
            : value == 0.0 || (size >= 0.001 && size < 100_000.0) ? value.ToString("F4", CultureInfo.InvariantCulture)
            : value.ToString("0.000e+00", CultureInfo.InvariantCulture);
    }

    /// <summary>Returns a number of steps or samples per second with three digits.</summary>
    public static string OfRate(double value) =>
        value.ToString(value >= 99.95 ? "#,0" : value >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>Returns the rate for a step time: steps per second, or seconds per step if that is more than one.</summary>
    public static string OfSteps(double secondsPerStep, bool isShort)
    {
        bool isSlow = secondsPerStep > 1.0;
        string rate = OfRate(isSlow ? secondsPerStep : 1.0 / secondsPerStep);
        return rate + (isShort ? (isSlow ? "s/it" : "it/s") : isSlow ? " s/step" : " steps/s");
    }

    /// <summary>Returns a time in clock format: <c>0:07</c>, <c>1:02:03</c>, <c>3d 04:05</c>.</summary>
    public static string OfClock(TimeSpan time) => time.TotalDays >= 1.0
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalDays}d {time:hh\\:mm}")
        : time.TotalHours >= 1.0 ? time.ToString("h\\:mm\\:ss", CultureInfo.InvariantCulture)
        : time.ToString("m\\:ss", CultureInfo.InvariantCulture);

    /// <summary>Returns a duration, below a minute in seconds.</summary>
    public static string OfDuration(TimeSpan time) =>
        time.TotalSeconds < 59.95 ? time.TotalSeconds.ToString(time.TotalSeconds < 9.995 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + "s" : OfClock(time);

    /// <summary>Returns a whole number.</summary>
    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);
}
