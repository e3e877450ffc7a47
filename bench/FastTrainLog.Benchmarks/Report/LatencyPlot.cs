using System.Globalization;
using System.Net;
using System.Text;
using FastTrainLog.Benchmarks.Pipeline;

namespace FastTrainLog.Benchmarks.Report;

/// <summary>Draws the distributions of single calls as an SVG that reads on light and on dark ground: a panel a pace, a line a logger.</summary>
/// <remarks>
/// Time runs to the right on a logarithmic axis; upwards stands the share of calls that took no longer, in nines: as much height from 90 to 99%
/// as from 99 to 99.9%, because the tail is what a training loop feels.
/// </remarks>
internal static class LatencyPlot
{
    private const int Width = 900;
    private const int PanelHeight = 210;
    private const int Left = 64;
    private const int Right = 24;
    private const int Top = 92;
    private const int Gap = 58;
    private const double LeastNanoseconds = 10;
    private const double MostNanoseconds = 1_000_000;
    private const double MostNines = 3;

    private static readonly string[] Paces = ["2us", "100us", "1ms"];

    // Distinct for the colour-blind (Okabe and Ito), and of middle lightness.
    private static readonly string[] Colors = ["#8a8a8a", "#d55e00", "#e69f00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9"];

    public static string Draw(IReadOnlyList<LatencyRow> rows, string machine)
    {
        string[] loggers = [.. rows.Where(IsDrawn).Select(r => r.Logger).Distinct()];
        string[] paces = [.. Paces.Where(pace => rows.Any(r => r.Pace == pace))];
        int height = Top + (paces.Length * (PanelHeight + Gap));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n");
        svg.Append("""
            <style>
              text { fill: #24292f } .grid { stroke: #8c959f; stroke-opacity: .3 } .frame { stroke: #8c959f; fill: none } .line { fill: none; stroke-width: 2 }
              @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }
            </style>

            """);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"22\" font-size=\"16\" font-weight=\"600\">Share of log calls that took no longer than …</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"42\" opacity=\".75\">text format, single calls; {WebUtility.HtmlEncode(machine)}</text>\n");
        AppendLegend(svg, loggers);
        for (int i = 0; i < paces.Length; i++)
        {
            AppendPanel(svg, Top + (i * (PanelHeight + Gap)), paces[i], rows, loggers);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static bool IsDrawn(LatencyRow row) =>
        Array.IndexOf(Paces, row.Pace) >= 0 && row.Format is "text" or "none" && row.Logger is not (LatencyChild.EmptyTimer or LatencyChild.Disabled);

    private static void AppendLegend(StringBuilder svg, string[] loggers)
    {
        double x = Left;
        for (int i = 0; i < loggers.Length; i++)
        {
            string name = NameOf(loggers[i]);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:F0} 64h22\" class=\"line\" stroke=\"{Colors[i % Colors.Length]}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 28:F0}\" y=\"68\">{WebUtility.HtmlEncode(name)}</text>\n");
            x += 52 + (name.Length * 7.2);
        }
    }

    private static void AppendPanel(StringBuilder svg, int top, string pace, IReadOnlyList<LatencyRow> rows, string[] loggers)
    {
        int bottom = top + PanelHeight;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + 8}\" y=\"{top + 18}\" font-weight=\"600\">{ReportTables.TitleOf(pace)}</text>\n");
        for (double tick = LeastNanoseconds; tick <= MostNanoseconds; tick *= 10)
        {
            double x = X(tick);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:F1} {top}V{bottom}\" class=\"grid\"/><text x=\"{x:F1}\" y=\"{bottom + 18}\" text-anchor=\"middle\">{Time(tick)}</text>\n");
        }

        foreach ((double share, string label) in new[] { (0.0, "0%"), (0.5, "50%"), (0.9, "90%"), (0.99, "99%"), (0.999, "99.9%") })
        {
            double y = Y(share, bottom);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {y:F1}H{Width - Right}\" class=\"grid\"/><text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{label}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{top}\" width=\"{Width - Left - Right}\" height=\"{PanelHeight}\" class=\"frame\"/>\n");
        // Ours last, so that nothing lies over it.
        foreach (LatencyRow row in rows.Where(r => r.Pace == pace && IsDrawn(r)).Reverse())
        {
            int color = Array.IndexOf(loggers, row.Logger) % Colors.Length;
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"line\" stroke=\"{Colors[color]}\" d=\"{Line(row, bottom)}\"><title>{WebUtility.HtmlEncode(row.Logger)}</title></path>\n");
        }
    }

    private static string Line(LatencyRow row, int bottom)
    {
        var line = new StringBuilder();
        for (int i = 0; i < LatencyRow.Shares.Length && -Math.Log10(1 - LatencyRow.Shares[i]) < MostNines + 0.001; i++)
        {
            line.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{X(row.Distribution[i]):F1} {Y(LatencyRow.Shares[i], bottom):F1}");
        }

        return line.ToString();
    }

    private static double X(double nanoseconds)
    {
        double clamped = Math.Clamp(nanoseconds, LeastNanoseconds, MostNanoseconds);
        return Left + ((Width - Left - Right) * Math.Log10(clamped / LeastNanoseconds) / Math.Log10(MostNanoseconds / LeastNanoseconds));
    }

    private static double Y(double share, int bottom) => bottom - (PanelHeight * Math.Min(1, -Math.Log10(1 - Math.Min(share, 0.99999)) / MostNines));

    private static string NameOf(string logger) => logger == LatencyChild.Floor ? "floor: clock and 64 bytes" : logger;

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000} ms"),
    };
}
