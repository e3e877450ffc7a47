using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FastTrainLog.Hosting.Tests;

/// <summary>How a run trains as metrics, for a listener and for OpenTelemetry.</summary>
public sealed class TrainingMeterTests
{
    [Fact]
    public void A_listener_reads_the_figures_of_a_run()
    {
        var read = new ConcurrentQueue<(string Instrument, string? Unit, double Value)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == TrainLogging.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        using var directory = new HostDirectory();
        using TrainLogging logging = directory.CreateLog();
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", RunId = "metered", Rank = 1, WorldSize = 2, BatchSize = 8, TotalSteps = 10 });
        using var clipper = new GradientClipper(new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0) });
        run.LogStep(1, 1, 0.75, 0.1, Gradients(3f, 4f));
        run.LogStep(1, 2, 0.5, 0.05, Gradients(float.NaN, 0f));
        run.LogStep(1, 3, 0.25, 0.05, Gradients(0.6f, 0f));
        run.LogStep(1, 4, 99, 99, phase: "validation");
        run.LogValidation(1, 3, 0.125);
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        listener.RecordObservableInstruments();

        Assert.Equal((0.25, "1"), Of("loss"));
        Assert.Equal((0.05, "1"), Of("learning_rate"));
        Assert.Equal(0.6, Of("gradient_norm").Value, 6);
        Assert.Equal((0.125, "1"), Of("validation_loss"));
        Assert.Equal((3, "{step}"), Of("steps"));
        Assert.Equal((1, "{step}"), Of("clipped_steps"));
        Assert.Equal((1, "{step}"), Of("skipped_steps"));
        Assert.True(Of("throughput") is { Value: > 0, Unit: "{sample}/s" });
        Assert.True(Of("eta") is { Value: >= 0, Unit: "s" });
        // The first step's time is not known.
        (string Instrument, string? Unit, double Value)[] durations = [.. read.Where(measured => measured.Instrument == "fasttrainlog.training.step.duration")];
        Assert.Equal(2, durations.Length);
        Assert.All(durations, measured => Assert.True(measured is { Unit: "s", Value: > 0 and < 600 }));

        run.Dispose();
        read.Clear();
        listener.RecordObservableInstruments();
        Assert.Equal(0.25, Of("loss").Value);
        Assert.DoesNotContain(read, static measured => measured.Instrument == "fasttrainlog.training.eta");

        GradientStatistics Gradients(params float[] gradient) => clipper.Clip([GradientBuffer.Of("layer", gradient)], 1);

        (double Value, string? Unit) Of(string name)
        {
            (_, string? unit, double value) = read.Single(measured => measured.Instrument == "fasttrainlog.training." + name);
            return (value, unit);
        }

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.ToArray() is [{ Key: "run", Value: "metered" }, { Key: "rank", Value: 1 }])
            {
                read.Enqueue((instrument.Name, instrument.Unit, value));
            }
        }
    }

    [Fact]
    public void A_listener_that_throws_is_told_of_once_and_neither_the_run_nor_its_log_notices()
    {
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "fasttrainlog.training.step.duration")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if ((string?)tags[0].Value == "with a bad listener")
            {
                throw new InvalidOperationException("the listener's own trouble");
            }
        });
        listener.Start();
        using var directory = new HostDirectory();
        using (TrainLogging logging = directory.CreateLog())
        {
            TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", RunId = "with a bad listener" });
            for (int step = 1; step <= 100; step++)
            {
                run.LogStep(1, step, 0.5, 0.1);
            }

            run.End(success: true);
            Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
            Assert.Equal((100L, RunOutcome.Completed), (run.Snapshot().TrainingProgress!.Step, run.Snapshot().Outcome));
        }

        Assert.Equal(100, directory.Messages("training_progress.log").Count(message => message.StartsWith("Epoch 1, Step", StringComparison.Ordinal)));
        Assert.Single(File.ReadAllLines(Path.Combine(directory.Logs, "errors.log")), line => line.Contains("the listener's own trouble", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenTelemetry_in_a_host_has_the_metrics_and_traces_of_a_run_by_their_names_alone()
    {
        using var directory = new HostDirectory();
        List<OpenTelemetry.Metrics.Metric> metrics = [];
        List<System.Diagnostics.Activity> traces = [];
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Logging.ClearProviders();
        HostExamples.OpenTelemetry(builder, to => to.AddInMemoryExporter(metrics), to => to.AddInMemoryExporter(traces));
        using (IHost host = builder.Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            TrainLogging logging = host.Services.GetRequiredService<TrainLogging>();
            TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", RunId = "exported" });
            for (int step = 1; step <= 10; step++)
            {
                run.LogStep(1, step, 1.0 / step, 0.1);
            }

            run.End(success: true);
            Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
            Assert.True(host.Services.GetRequiredService<MeterProvider>().ForceFlush());
            Assert.True(host.Services.GetRequiredService<TracerProvider>().ForceFlush());
            Assert.Equal(0.1, Point("fasttrainlog.training.loss").GetGaugeLastValueDouble());
            Assert.Equal(10, Point("fasttrainlog.training.steps").GetSumLong());
            Assert.Equal(9, Point("fasttrainlog.training.step.duration").GetHistogramCount());
            Assert.Contains(traces, activity => activity.OperationName == "training.run" && (string?)activity.GetTagItem("run") == "exported");
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        MetricPoint Point(string name)
        {
            // Logs of other tests have instruments of the same name, and every export has its own points.
            MetricPoint? found = null;
            foreach (OpenTelemetry.Metrics.Metric metric in metrics.Where(metric => metric.Name == name))
            {
                foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
                {
                    foreach (KeyValuePair<string, object?> tag in point.Tags)
                    {
                        if (tag is { Key: "run", Value: "exported" })
                        {
                            found = point;
                        }
                    }
                }
            }

            return found ?? throw new InvalidOperationException($"No point of {name} is the run's.");
        }
    }
}
