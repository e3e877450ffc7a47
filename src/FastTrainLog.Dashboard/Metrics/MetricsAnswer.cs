using System.Buffers;
using System.Globalization;
using System.Text;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Monitoring;
using Microsoft.AspNetCore.Http;
using RunFigures = FastTrainLog.Analysis.RunFigures;

namespace FastTrainLog.Dashboard.Metrics;

/// <summary>The latest figures of all runs for Prometheus, in its text format: https://prometheus.io/docs/instrumenting/exposition_formats.</summary>
/// <remarks>Names are formed from instruments as OpenTelemetry's exporter forms them, so that a rule or a chart is for both: the training process and its log.</remarks>
internal sealed class MetricsAnswer(LogCatalog catalog)
{
    /// <summary>The media type of the answer.</summary>
    public const string Type = "text/plain; version=0.0.4; charset=utf-8";

    public void Write(HttpRequest request, IBufferWriter<byte> output) =>
        output.Write(Encoding.UTF8.GetBytes(TextOf(RunMetric.RunsOf(catalog.Current(request.HttpContext.RequestAborted)))));

    /// <summary>Returns the metrics of runs.</summary>
    public static string TextOf(IEnumerable<RunFigures> runs)
    {
        RunFigures[] all = [.. runs];
        var text = new StringBuilder();
        foreach (RunMetric metric in RunMetric.All)
        {
            string name = NameOf(metric);
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {metric.Instrument.Description}\n# TYPE {name} {metric.Kind}\n");
            foreach (RunFigures run in all)
            {
                foreach (RunSeries series in metric.Series)
                {
                    string full = series.Suffix.Length == 0 ? name : $"{name}_{series.Suffix}";
                    foreach (RunSample sample in series.Of(run))
                    {
                        string bound = sample.UpTo is null ? string.Empty : $",le=\"{sample.UpTo}\"";
                        text.Append(CultureInfo.InvariantCulture, $"{full}{{run=\"{Escaped(run.Id!)}\",rank=\"{RunMetric.RankOf(run)}\"{bound}}} {Number(sample.Value)}\n");
                    }
                }
            }
        }

        return text.ToString();
    }

    private static string NameOf(RunMetric metric) =>
        metric.Instrument.Name.Replace('.', '_') + (metric.UnitInName.Length == 0 ? string.Empty : $"_{metric.UnitInName}") + (metric.Instrument.Kind == InstrumentKind.Counter ? "_total" : string.Empty);

    private static string Escaped(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
