using System.Globalization;
using System.Text;

namespace FastTrainLog.Analysis.Reports;

/// <summary>Draws series as an SVG picture: a band from minimum to maximum, the mean in it, axes, and events.</summary>
internal sealed class SvgChart
{
    private const double Width = 640;
    private const double Height = 220;
    private const double Left = 70;
    private const double Right = 12;
    private const double Top = 12;
    private const double Bottom = 22;

    // If the maximum exceeds the 99th percentile by more than this factor, the outliers would flatten the rest.
    private const double OutlierFactor = 4.0;

    // The number of colours in the style sheet.
    private const int Colors = 8;

    private readonly string _title;
    private readonly string _axis;
    private readonly IReadOnlyList<ChartSeries> _series;
    private readonly IReadOnlyList<ChartMark> _marks;
    private readonly AxisScale _x;
    private readonly AxisScale _y;
    private readonly double _least;
    private readonly double _greatest;
    private readonly bool _cut;

    private SvgChart(string title, string axis, IReadOnlyList<ChartSeries> series, IReadOnlyList<ChartMark> marks, bool linear, double[] finite)
    {
        _title = title;
        _axis = axis;
        _series = series;
        _marks = marks;
        Array.Sort(finite);
        _least = finite[0];
        _greatest = finite[^1];
        bool wide = !linear && AxisScale.IsWide(_least, _greatest);
        double most = finite[(int)((finite.Length - 1) * 0.99)];
        if (!wide && _greatest > 0.0 && _greatest > OutlierFactor * Math.Max(most, 0.0) && most > _least)
        {
            _greatest = most + ((most - _least) * 0.1);
            _cut = true;
        }

        IsLogarithmic = wide;
        _x = new AxisScale(series.Min(s => s.Points[0].Position), series.Max(s => s.Points[^1].Position), logarithmic: false);
        double margin = wide ? 0.0 : (_greatest - _least) * 0.04;
        _y = new AxisScale(_least - (_least >= 0.0 && margin > _least ? _least : margin), _greatest + (_cut ? 0.0 : margin), wide);
    }

    public bool IsLogarithmic { get; }

    /// <summary>Draws a chart; returns null if no series has a finite value.</summary>
    /// <param name="title">The title.</param>
    /// <param name="axis">The name of the horizontal axis.</param>
    /// <param name="series">The lines.</param>
    /// <param name="marks">The events.</param>
    /// <param name="linear">Whether the scale is linear even if the values span orders of magnitude, because their differences matter.</param>
    public static string? Draw(string title, string axis, IReadOnlyList<ChartSeries> series, IReadOnlyList<ChartMark> marks, bool linear)
    {
        ChartSeries[] filled = [.. series.Where(s => s.Points.Any(point => !double.IsNaN(point.Mean)))];
        double[] finite = [.. filled.SelectMany(s => s.Points).Where(point => !double.IsNaN(point.Mean)).SelectMany(point => new[] { point.Minimum, point.Mean, point.Maximum })];
        return finite.Length == 0 ? null : new SvgChart(title, axis, filled, marks, linear, finite).Draw();
    }

    private string Draw()
    {
        var svg = new StringBuilder();
        string notes = $" <small>by {Encode(_axis)}</small>" + (IsLogarithmic ? " <small>logarithmic</small>" : string.Empty) + (_cut ? " <small>the highest values are cut off</small>" : string.Empty);
        svg.Append(CultureInfo.InvariantCulture, $"<figure class=\"chart\"><figcaption>{Encode(_title)}{notes}{Legend()}</figcaption>");
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Encode(_title)}\" data-points=\"{Encode(Data())}\" data-axis=\"{Encode(_axis)}\">");
        AppendAxes(svg);
        foreach (ChartMark mark in _marks)
        {
            AppendMark(svg, mark);
        }

        for (int i = 0; i < _series.Count; i++)
        {
            AppendSeries(svg, _series[i], i % Colors);
        }

        svg.Append("<line class=\"cross\" y1=\"").Append(N(Top)).Append("\" y2=\"").Append(N(Height - Bottom)).Append("\" hidden=\"\"/></svg><output></output></figure>\n");
        return svg.ToString();
    }

    private string Legend() => _series.Count < 2 ? string.Empty
        : string.Concat(_series.Select((series, i) => $"<span class=\"key s{i % Colors}\">{Encode(series.Name)}</span>"));

    // Position and values of the points, for the tooltip.
    private string Data() => "[" + string.Join(",", _series.Select(series =>
        $"{{\"name\":\"{JsonName(series.Name)}\",\"points\":[" + string.Join(",", series.Points.Select(point =>
            $"[{N(X(point.Position))},{point.Position},{Json(point.Minimum)},{Json(point.Mean)},{Json(point.Maximum)},{point.NonFinite}]")) + "]}")) + "]";

    private void AppendAxes(StringBuilder svg)
    {
        foreach ((double value, string label) in _y.Ticks(5))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{N(Left)}\" x2=\"{N(Width - Right)}\" y1=\"{N(Y(value))}\" y2=\"{N(Y(value))}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" x=\"{N(Left - 6)}\" y=\"{N(Y(value) + 3.5)}\" text-anchor=\"end\">{label}</text>");
        }

        int tick = 0;
        foreach ((double value, string label) in _x.Ticks(7))
        {
            // In a narrow window letters are larger, and there is space only for every other label.
            string narrow = tick++ % 2 == 1 ? " spare" : string.Empty;
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick{narrow}\" x=\"{N(X(value))}\" y=\"{N(Height - Bottom + 16)}\" text-anchor=\"middle\">{label}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{N(Left)}\" x2=\"{N(Width - Right)}\" y1=\"{N(Height - Bottom)}\" y2=\"{N(Height - Bottom)}\"/>");
    }

    private void AppendMark(StringBuilder svg, ChartMark mark)
    {
        double first = Math.Clamp(X(mark.First), Left, Width - Right);
        double last = Math.Clamp(X(mark.Last), Left, Width - Right);
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"mark {mark.Kind}\" x=\"{N(first - 0.75)}\" y=\"{N(Top)}\" width=\"{N(Math.Max(1.5, last - first))}\" height=\"{N(Height - Top - Bottom)}\"><title>{Encode(mark.Text)}</title></rect>");
    }

    private void AppendSeries(StringBuilder svg, ChartSeries series, int color)
    {
        List<List<SeriesPoint>> pieces = Pieces(series.Points);
        if (!series.Dots)
        {
            foreach (List<SeriesPoint> piece in pieces.Where(piece => piece.Exists(point => point.Maximum > point.Minimum)))
            {
                IEnumerable<string> upper = piece.Select(point => $"{N(X(point.Position))},{N(Y(point.Maximum))}");
                IEnumerable<string> lower = piece.AsEnumerable().Reverse().Select(point => $"{N(X(point.Position))},{N(Y(point.Minimum))}");
                svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band s{color}\" points=\"{string.Join(' ', upper.Concat(lower))}\"/>");
            }
        }

        foreach (List<SeriesPoint> piece in pieces)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line s{color}\" points=\"{string.Join(' ', piece.Select(point => $"{N(X(point.Position))},{N(Y(point.Mean))}"))}\"/>");
        }

        foreach (SeriesPoint point in series.Points)
        {
            if (point.NonFinite > 0)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"bad\" x=\"{N(X(point.Position))}\" y=\"{N(Top + 8)}\" text-anchor=\"middle\">×<title>not finite</title></text>");
            }

            if (!double.IsNaN(point.Mean) && (series.Dots || pieces.Exists(piece => piece.Count == 1 && piece[0] == point)))
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot s{color}\" cx=\"{N(X(point.Position))}\" cy=\"{N(Y(point.Mean))}\" r=\"2\"/>");
            }
        }
    }

    // A line is interrupted at points without a finite value.
    private static List<List<SeriesPoint>> Pieces(IReadOnlyList<SeriesPoint> points)
    {
        var pieces = new List<List<SeriesPoint>>();
        bool open = false;
        foreach (SeriesPoint point in points)
        {
            bool finite = !double.IsNaN(point.Mean);
            if (finite && !open)
            {
                pieces.Add([]);
            }

            if (finite)
            {
                pieces[^1].Add(point);
            }

            open = finite;
        }

        return pieces;
    }

    private double X(double position) => Left + (_x.Place(position) * (Width - Left - Right));

    private double Y(double value) => Height - Bottom - (Math.Clamp(_y.Place(value), 0.0, 1.0) * (Height - Top - Bottom));

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Json(double value) => double.IsNaN(value) ? "null" : value.ToString("G6", CultureInfo.InvariantCulture);

    private static string JsonName(string name) => System.Text.Json.JsonEncodedText.Encode(name).ToString();

    private static string Encode(string text) => ShownText.Html(text);
}
