using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Dashboard.Metrics;
using FastTrainLog.Gradients;
using FastTrainLog.Reading;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Shipping;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Runs;
using FastTrainLog.Training;
using OpenTelemetry.Metrics;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>What deploy/ has for Prometheus and Grafana, against the metrics that there are and the real Prometheus.</summary>
[Collection("Alone")]
public sealed partial class PrometheusTests : IDisposable
{
    private static readonly string Deploy = Path.Combine(Repository.Root, "deploy");

    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact(Timeout = 300_000)]
    public async Task Prometheus_scrapes_the_loss_of_a_run_and_what_is_shipped_and_every_metric_in_deploy_exists()
    {
        (int port, int own) = (FreePort(), FreePort());
        using PrometheusEndpoint metrics = PrometheusEndpoint.Open(port);
        using TrainLogging logging = TrainLogging.Create(options =>
        {
            options.LogDirectory = _log.PathOf("logs");
            options.EnableConsoleLogging = false;
        });
        var target = new ScriptedTarget();
        using LogShipper shipper = logging.ShipTo(target, Quick());
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "net", TotalSteps = 10, BatchSize = 4 });
        using var clipper = new GradientClipper(new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0) });
        float[] norms = [0.5f, 3f, float.NaN, 0.25f, 4f, 4f, 0.5f];
        for (int step = 1; step <= 7; step++)
        {
            run.LogStep(epoch: 1, step, loss: 1.0 / (1 << step), learningRate: 0.01, clipper.Clip([GradientBuffer.Of("layer", new[] { norms[step - 1] })], 1));
        }

        run.LogValidation(1, 7, 0.125);

        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        Assert.True(Eventually.Is(() => shipper.Counters.Sent > 7, TimeSpan.FromMinutes(1)));
        using var client = new HttpClient();
        string scraped = await client.GetStringAsync($"http://127.0.0.1:{port}/metrics", TestContext.Current.CancellationToken);
        HashSet<string> names = [.. Described().Matches(scraped).Select(static match => match.Groups[1].Value)];
        // No record was dropped: it is named as its neighbours are.
        names.Add("fasttrainlog_records_dropped_total");
        string[] used = [.. new[] { "prometheus-rules.yml", "grafana-dashboard.json" }.SelectMany(static file => Used().Matches(File.ReadAllText(Path.Combine(Deploy, file)))).Select(static match => Regex.Replace(match.Value, "_(bucket|sum|count)$", string.Empty)).Distinct()];
        Assert.InRange(used.Length, 10, 100);
        Assert.True(used.All(names.Contains), $"{string.Join(", ", used.Except(names))} in deploy/ is not among the metrics:\n{scraped}");

        // The same names, kinds and figures for whoever reads the log, so that a rule or a chart is for both.
        string ofLog = MetricsAnswer.TextOf([FiguresOf(_log.PathOf("logs"))]);
        string[] kinds = [.. ofLog.Split('\n').Where(static line => line.StartsWith("# TYPE", StringComparison.Ordinal))];
        Assert.Equal(RunMetric.All.Count, kinds.Length);
        Assert.All(kinds, line => Assert.Contains(line + "\n", scraped, StringComparison.Ordinal));
        SortedDictionary<string, double> samples = SamplesOf(ofLog);
        Assert.Equal(SamplesOf(scraped), samples);
        Assert.Equal((3, 1, 6), (samples["fasttrainlog_training_clipped_steps_total"], samples["fasttrainlog_training_skipped_steps_total"], samples["fasttrainlog_training_step_duration_seconds_count"]));
        Assert.Contains("fasttrainlog_training_eta_seconds", samples.Keys);

        Assert.SkipWhen(!File.Exists("/usr/bin/prometheus"), "there is no /usr/bin/prometheus: apt-get install prometheus");
        string configuration = _log.PathOf("prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ "{{Path.Combine(Deploy, "prometheus-rules.yml")}}" ]
            scrape_configs:
              - job_name: test
                static_configs: [ { targets: [ "127.0.0.1:{{port}}" ] } ]
            """);
        using Process prometheus = Process.Start(new ProcessStartInfo("/usr/bin/prometheus", [$"--config.file={configuration}", $"--storage.tsdb.path={_log.PathOf("tsdb")}", $"--web.listen-address=127.0.0.1:{own}", "--log.level=error"]))!;
        try
        {
            double? loss;
            while ((loss = await Query(client, own, "fasttrainlog_training_loss")) is null)
            {
                Assert.False(prometheus.HasExited);
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            Assert.Equal(1.0 / 128, loss);
            Assert.Equal(7, await Query(client, own, "fasttrainlog_training_steps_total"));
            Assert.True(await Query(client, own, "fasttrainlog_ship_sent_total{target=\"scripted\"}") > 7);
        }
        finally
        {
            prometheus.Kill();
            prometheus.WaitForExit();
        }
    }

    [Fact]
    public async Task Who_ships_logs_of_other_processes_serves_the_latest_figures_of_their_runs()
    {
        Directory.CreateDirectory(_log.PathOf("a"));
        _log.With("a/run.jsonl",
            RunRecord.Start(0, "x", rank: 1, ranks: 2),
            RunRecord.Step(1, "x", 1, 2.5, rank: 1, ranks: 2),
            RunRecord.Of(2, "x", 1010, "Validation", "\"Epoch\":1,\"Step\":1,\"Loss\":0.75", rank: 1, ranks: 2),
            RunRecord.Start(3, "y"), RunRecord.Step(4, "y", 1, double.NaN),
            // Its step 1 was clipped, as the share says in both of its records, and its step 3 skipped.
            RunRecord.Start(5, "z"), Step(6, 1, 0.004, 1), Gradients(6, 1, 1), Step(7, 2, 0.01, 0.5), Step(8, 3, 100, 0.33), Issue(8, 3), Issue(8, 3), Issue(9, 4, "reported"));
        int port = FreePort();
        using var copy = new LogDirectory();
        using ToolProcess shipper = ToolProcess.Start("ship", "--watch", _log.Path, "--to", $"dir={copy.Path}", "--prometheus", $"{port}");
        using var client = new HttpClient();
        string scraped = string.Empty;
        async Task Until(string line)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(2));
            while (!Regex.IsMatch(scraped, line, RegexOptions.Multiline))
            {
                Assert.False(limit.IsCancellationRequested, $"{line} is not in:\n{scraped}{shipper.Error}");
                await Task.Delay(100, TestContext.Current.CancellationToken);
                try
                {
                    scraped = await client.GetStringAsync($"http://127.0.0.1:{port}/metrics", TestContext.Current.CancellationToken);
                }
                catch (HttpRequestException)
                {
                    // It has not started yet.
                }
            }
        }

        await Until("^fasttrainlog_training_loss{.*rank=\"1\",run=\"x\"} 2.5$");
        await Until("^fasttrainlog_training_loss{.*rank=\"0\",run=\"y\"} NaN$");
        await Until("^fasttrainlog_training_validation_loss{.*rank=\"1\",run=\"x\"} 0.75$");
        await Until("^fasttrainlog_training_clipped_steps_total{.*run=\"z\"} 1$");
        await Until("^fasttrainlog_training_skipped_steps_total{.*run=\"z\"} 1$");
        await Until("^fasttrainlog_training_eta_seconds{.*run=\"z\"} 90$");
        await Until("^fasttrainlog_training_step_duration_seconds_bucket{.*le=\"0.005\",.*run=\"z\"} 1$");
        await Until("^fasttrainlog_training_step_duration_seconds_bucket{.*le=\"0.01\",.*run=\"z\"} 2$");
        await Until("^fasttrainlog_training_step_duration_seconds_bucket{.*le=\"60\",.*run=\"z\"} 2$");
        await Until("^fasttrainlog_training_step_duration_seconds_bucket{.*le=\"\\+Inf\",.*run=\"z\"} 3$");
        await Until("^fasttrainlog_training_step_duration_seconds_sum{.*run=\"z\"} 100.014$");
        await Until("^fasttrainlog_training_step_duration_seconds_count{.*run=\"z\"} 3$");
        await Until("^fasttrainlog_training_learning_rate{.*rank=\"1\",run=\"x\"} 0.01$");
        Append(_log.PathOf("a/run.jsonl"), [RunRecord.Step(5, "y", 2, 0.25)]);
        await Until("^fasttrainlog_training_loss{.*rank=\"0\",run=\"y\"} 0.25$");
        await Until("^fasttrainlog_training_steps_total{.*rank=\"0\",run=\"y\"} 2$");
    }

    [Fact]
    public void A_port_that_is_taken_is_said_and_nothing_is_shipped()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var copy = new LogDirectory();
        (int code, _, string error) = ToolRun.Of("ship", _log.Path, "--to", $"dir={copy.Path}", "--prometheus", $"{port}", "--once");
        Assert.NotEqual(0, code);
        Assert.Contains($"--prometheus: port {port} cannot be served", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(copy.Path));
    }

    private static string Step(int second, long step, double seconds, double share) => RunRecord.Of(
        second, "z", 1001, "Step", string.Create(CultureInfo.InvariantCulture, $"\"Epoch\":1,\"Step\":{step},\"Loss\":1,\"LearningRate\":0.01,\"Eta\":\"00:01:30\",\"Phase\":\"training\",\"ClippingRatio\":{share},\"StepSeconds\":{seconds}"), step: step);

    private static string Gradients(int second, long step, double share) => RunRecord.Of(
        second, "z", 1104, "Gradients", string.Create(CultureInfo.InvariantCulture, $"\"Step\":{step},\"GradientNorm\":2,\"ClippingRatio\":{share}"), "numerical_stability", step: step);

    private static string Issue(int second, long step, string action = "gradient_zeroing") => RunRecord.Of(
        second, "z", 1100, "NumericalIssue", $"\"Type\":\"NaN\",\"Severity\":\"Medium\",\"Location\":\"a\",\"Step\":{step},\"RecoveryAction\":\"{action}\"", "numerical_stability", step: step);

    private static RunFigures FiguresOf(string directory)
    {
        using var reader = new LogReader(directory);
        RunEntry? entry = null;
        while (reader.Read())
        {
            if (reader.Current.GetText("run"u8) is { } run)
            {
                entry ??= new RunEntry(new RunName(run, null));
                entry.Add(reader.Current, StepFields.Of(reader.Current));
            }
        }

        return entry!.ToFigures();
    }

    // Those of the only run.
    private static SortedDictionary<string, double> SamplesOf(string text) =>
        new(Sample().Matches(text).ToDictionary(
            static match => match.Groups["name"].Value + Regex.Match(match.Groups["labels"].Value, "le=\"[^\"]*\"").Value,
            static match => double.Parse(match.Groups["value"].Value.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)), StringComparer.Ordinal);

    [Fact]
    public void Promtool_passes_the_rules()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/promtool"), "there is no /usr/bin/promtool: apt-get install prometheus");
        using Process promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "rules", Path.Combine(Deploy, "prometheus-rules.yml")]) { RedirectStandardOutput = true })!;
        string output = promtool.StandardOutput.ReadToEnd();
        promtool.WaitForExit();
        Assert.True(promtool.ExitCode == 0 && output.Contains("7 rules found", StringComparison.Ordinal), output);
    }

    private static async Task<double?> Query(HttpClient client, int port, string expression)
    {
        try
        {
            string answer = await client.GetStringAsync($"http://127.0.0.1:{port}/api/v1/query?query={Uri.EscapeDataString(expression)}", TestContext.Current.CancellationToken);
            JsonElement result = JsonElement.Parse(answer).GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            // It has not started yet.
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("^# TYPE (fasttrainlog_[a-z_]+)", RegexOptions.Multiline)]
    private static partial Regex Described();

    [GeneratedRegex("^(?<name>fasttrainlog_training_[a-z_]+){(?<labels>[^}]*)} (?<value>\\S+)", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("fasttrainlog_[a-z_]+")]
    private static partial Regex Used();
}
