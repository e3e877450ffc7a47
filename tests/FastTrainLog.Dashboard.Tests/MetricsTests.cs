using System.Net;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary><c>/metrics</c>: the figures of runs for Prometheus.</summary>
public sealed class MetricsTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task The_latest_figures_of_a_run_are_served_under_its_labels_and_copies_of_its_log_are_there_once()
    {
        using var root = new TestDirectory();
        string directory = Path.Combine(root.Path, "a");
        using (TrainLogging logging = TrainLogging.Create(options =>
        {
            options.LogDirectory = directory;
            options.EnableConsoleLogging = false;
        }))
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { RunId = "q\"\\\n1", Model = "net", TotalSteps = 3, BatchSize = 4 });
            for (int step = 1; step <= 3; step++)
            {
                run.LogStep(epoch: 1, step, loss: 1.0 / (1 << step), learningRate: 0.01);
            }

            run.End(success: true);
        }

        Directory.CreateDirectory(Path.Combine(root.Path, "b"));
        File.Copy(Path.Combine(directory, "run.jsonl"), Path.Combine(root.Path, "b", "run.jsonl"));
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.Token = Token);
        using var refused = await server.Client.GetAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        while ((await server.Get("api/runs")).GetProperty("logs_read").GetInt32() < 2)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        using HttpResponseMessage response = await server.Client.GetAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        const string Labels = """{run="q\"\\\n1",rank="0"}""";
        string[] lines = text.Split('\n');
        Assert.Single(lines, $"fasttrainlog_training_loss{Labels} 0.125");
        Assert.Single(lines, $"fasttrainlog_training_learning_rate{Labels} 0.01");
        Assert.Single(lines, $"fasttrainlog_training_steps_total{Labels} 3");
        Assert.Contains(lines, static line => line.StartsWith("fasttrainlog_training_throughput_per_second{", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static line => line.StartsWith("fasttrainlog_training_validation_loss{", StringComparison.Ordinal));
    }
}
