using System.Globalization;
using FastTrainLog.Records;

namespace FastTrainLog.Analysis.Reports;

/// <summary>Figures in readable form, the same in every culture.</summary>
internal static class FigureText
{
    public static string Number(double? value)
    {
        if (value is not { } number)
        {
            return "–";
        }

        double size = Math.Abs(number);
        return number == 0.0 ? "0"
            : !double.IsFinite(number) ? double.IsNaN(number) ? "NaN" : number > 0 ? "∞" : "-∞"
            : size >= 1e7 || size < 1e-3 ? number.ToString("0.##e+0", CultureInfo.InvariantCulture)
            : size >= 1000 || number == Math.Round(number) ? number.ToString("#,0", CultureInfo.InvariantCulture)
            : number.ToString("G4", CultureInfo.InvariantCulture);
    }

    public static string Count(long? value) => value?.ToString("#,0", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>Returns a count with its noun: <c>1 step</c>, <c>2 steps</c>.</summary>
    public static string Count(long value, string one) => value == 1 ? $"1 {one}" : $"{Count(value)} {one}s";

    public static string Seconds(double? value) => value switch
    {
        null or double.NaN => "–",
        >= 86400 => string.Create(CultureInfo.InvariantCulture, $"{(long)(value / 86400)} d {value % 86400 / 3600:00} h"),
        >= 3600 => string.Create(CultureInfo.InvariantCulture, $"{(long)(value / 3600)} h {(long)(value % 3600 / 60):00} min"),
        >= 100 => string.Create(CultureInfo.InvariantCulture, $"{(long)(value / 60)} min {(long)(value % 60):00} s"),
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{value:G3} s"),
        >= 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{value * 1e3:G3} ms"),
        0 => "0 s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value * 1e6:G3} µs"),
    };

    public static string Bytes(double? value) => value is null or double.NaN ? "–" : new ByteCount(value.Value).ToString();

    /// <summary>Returns a share as percent: <c>12.5 %</c> for 0.125.</summary>
    public static string Percent(double? share) =>
        share is null or double.NaN ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * share.Value:0.#} %");

    /// <summary>Returns a change as percent with its sign: <c>+12.5 %</c> for 0.125.</summary>
    public static string Change(double share) =>
        double.IsFinite(share) ? string.Create(CultureInfo.InvariantCulture, $"{100.0 * share:+0.#;-0.#;0} %") : "–";

    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Returns the place of an event: a step, or a range of steps.</summary>
    public static string Steps(long? first, long? last) => first == last || last is null ? Count(first) : $"{Count(first)} – {Count(last)}";
}
