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
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {metric.Instrument.Description}\n# TYPE {name} {(metric.IsCounter ? "counter" : "gauge")}\n");
            foreach (RunFigures run in all)
            {
                if (metric.Of(run) is { } value)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{{run=\"{Escaped(run.Id!)}\",rank=\"{RunMetric.RankOf(run)}\"}} {Number(value)}\n");
                }
            }
        }

        return text.ToString();
    }

    private static string NameOf(RunMetric metric)
    {
        TrainingInstrument instrument = metric.Instrument;
        return instrument.Name.Replace('.', '_') + (instrument.Unit.EndsWith("/s", StringComparison.Ordinal) ? "_per_second" : string.Empty) + (metric.IsCounter ? "_total" : string.Empty);
    }

    private static string Escaped(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
