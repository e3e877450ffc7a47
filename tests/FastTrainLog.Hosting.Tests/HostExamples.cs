using System.Globalization;
using FastTrainLog.Training;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Serilog;
using Serilog.Core;

namespace FastTrainLog.Hosting.Tests;

internal static partial class HostExamples
{
    public static void Add(HostApplicationBuilder builder)
    {
        // #add
        builder.Logging.AddFastTrainLog();
        // #
    }

    public static void Options(HostApplicationBuilder builder)
    {
        // #options
        builder.Logging.AddFastTrainLog((services, log) => log.LogDirectory = services.GetRequiredService<Paths>().Logs);
        builder.Services.AddTrainLogSink<LossFile>(RecordFilters.Event(TrainingEvents.Step));
        builder.Services.Configure<TrainLogOptions>(log => log.CompressBackups = true);
        // #
    }

    public static void Forward(HostApplicationBuilder builder)
    {
        // #forward
        builder.Logging.AddFastTrainLog(log => log.ForwardToProviders = true);
        // #
    }

    public static void Serilog(HostApplicationBuilder builder, ILogEventSink sink)
    {
        // #serilog
        builder.Logging.AddFastTrainLog();
        builder.Services.AddSerilog(logger => logger.WriteTo.Sink(sink), writeToProviders: true);
        // #
    }

    public static void OpenTelemetry(HostApplicationBuilder builder, Action<MeterProviderBuilder> exportMetrics, Action<TracerProviderBuilder> exportTraces)
    {
        // #telemetry
        builder.Logging.AddFastTrainLog();
        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter(TrainLogging.MeterName))
            .WithTracing(traces => traces.AddSource(TrainLogging.ActivitySourceName));
        // #
        telemetry.WithMetrics(exportMetrics).WithTracing(exportTraces);
    }

    [TrainLog(1, LogLevel.Information, "{Count} images loaded")]
    public static partial void Loaded(this TrainLogger logger, int count);

    public sealed record Paths(string Logs);

    public sealed class LossFile(Paths paths) : ILogSink
    {
        private readonly StringWriter _losses = new(CultureInfo.InvariantCulture);

        public void Write(in LogRecord record)
        {
            if (record.TryGetArgument("Loss", out LogArgument loss) && loss.TryGetDouble(out double value))
            {
                _losses.WriteLine(value);
            }
        }

        public void Flush()
        {
        }

        public void Dispose() => File.WriteAllText(Path.Combine(paths.Logs, "loss.csv"), _losses.ToString());
    }

    // #service
    internal sealed class Trainer(TrainLogging logging, [FromKeyedServices("Loader")] TrainLogger loader) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "MyModel", TotalSteps = 100 });
            loader.Loaded(count: 5000);
            for (int step = 1; step <= 100 && !stoppingToken.IsCancellationRequested; step++)
            {
                run.LogStep(epoch: 1, step, loss: 1.0 / step, learningRate: 0.1);
            }

            run.End(stoppingToken.IsCancellationRequested ? RunOutcome.Cancelled : RunOutcome.Completed);
            return Task.CompletedTask;
        }
    }
    // #
}
