using FastTrainLog.Analysis;

namespace FastTrainLog.Tool.Rendering;

/// <summary>A series as a line of small bars.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const char NotFinite = '×';

    /// <summary>Draws a series in at most this many characters, logarithmically if the values span more than two orders of magnitude.</summary>
    public static string Draw(IReadOnlyList<SeriesPoint> points, int width)
    {
        if (points.Count == 0)
        {
            return string.Empty;
        }

        int columns = Math.Min(width, points.Count);
        var values = new double[columns];
        for (int i = 0; i < columns; i++)
        {
            int first = (int)((long)i * points.Count / columns);
            int end = Math.Max(first + 1, (int)((long)(i + 1) * points.Count / columns));
            values[i] = points.Skip(first).Take(end - first).Select(point => point.Mean).Where(mean => !double.IsNaN(mean)).DefaultIfEmpty(double.NaN).Average();
        }

        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return new string(NotFinite, columns);
        }

        double least = finite.Min();
        double greatest = finite.Max();
        bool logarithmic = least > 0.0 && greatest / least > 100.0;
        return string.Concat(values.Select(value => Bar(value, least, greatest, logarithmic)));
    }

    private static char Bar(double value, double least, double greatest, bool logarithmic)
    {
        if (!double.IsFinite(value))
        {
            return NotFinite;
        }

        double place = greatest <= least ? 0.0
            : logarithmic ? Math.Log(value / least) / Math.Log(greatest / least)
            : (value - least) / (greatest - least);
        return Bars[Math.Clamp((int)(place * Bars.Length), 0, Bars.Length - 1)];
    }
}
