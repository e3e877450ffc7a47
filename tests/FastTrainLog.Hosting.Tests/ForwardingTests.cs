using System.Collections.Concurrent;
using FastTrainLog.Training;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace FastTrainLog.Hosting.Tests;

/// <summary>What runs and direct loggers log reaches the other providers of a host by one option.</summary>
public sealed partial class ForwardingTests
{
    [Fact]
    public void Another_provider_sees_each_record_once_and_so_do_the_files()
    {
        using var directory = new HostDirectory(("Logging:FastTrainLog:ForwardToProviders", "true"), ("Logging:LogLevel:Default", "Debug"), ("Logging:LogLevel:quiet", "Error"));
        var other = new Other();
        HostApplicationBuilder builder = directory.CreateBuilder();
        // Behind the log's own, so that the host disposes of it before.
        builder.Logging.ClearProviders().AddFastTrainLog().AddProvider(other);
        using (IHost host = builder.Build())
        {
            ILogger host1 = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("host");
            host1.LogInformation("of the host");
            Number(host1, 1);
            Number(host.Services.GetRequiredKeyedService<TrainLogger>("direct"), 2);
            Number(host.Services.GetRequiredKeyedService<TrainLogger>("quiet"), 3);
            using TrainingRun run = TrainingRun.Start(host.Services.GetRequiredService<TrainLogging>(), new TrainingRunOptions { Model = "m" });
            run.LogStep(1, 1, 0.5, 0.1);
            run.End(success: true);
        }

        string[] expected = ["host: of the host", "host: number 1", "direct: number 2"];
        Assert.Equal(expected, other.Seen.Where(line => line.StartsWith("host", StringComparison.Ordinal) || line.StartsWith("direct", StringComparison.Ordinal)).OrderByDescending(line => line[0]));
        Assert.DoesNotContain(other.Seen, line => line.StartsWith("quiet", StringComparison.Ordinal));
        Assert.Single(other.Seen, line => line.StartsWith("training_progress: Epoch 1, Step 1", StringComparison.Ordinal));
        Assert.Single(other.Seen, line => line.StartsWith("training_progress: Training completed", StringComparison.Ordinal));
        Assert.Equal(["of the host", "number 1", "number 2", "number 3"], directory.Messages("main.log").Where(line => line.StartsWith("of the", StringComparison.Ordinal) || line.StartsWith("number", StringComparison.Ordinal)));
        Assert.Single(directory.Messages("training_progress.log"), line => line.StartsWith("Epoch 1, Step 1", StringComparison.Ordinal));
        // The event and its values came along.
        Assert.Contains(("Step", 0.5), other.Losses);
    }

    [Fact]
    public void Without_the_option_other_providers_see_the_hosts_loggers_alone()
    {
        using var directory = new HostDirectory();
        var other = new Other();
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Logging.ClearProviders().AddProvider(other).AddFastTrainLog();
        using (IHost host = builder.Build())
        {
            Number(host.Services.GetRequiredService<ILogger<ForwardingTests>>(), 1);
            Number(host.Services.GetRequiredService<TrainLogger>(), 2);
        }

        Assert.Equal([$"{typeof(ForwardingTests).FullName}: number 1"], other.Seen);
        Assert.Equal(["number 1", "number 2"], directory.Messages("main.log"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_Serilog_as_the_hosts_logging_both_have_each_record_once(bool forward)
    {
        using var directory = new HostDirectory();
        var serilog = new SerilogSink();
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Logging.ClearProviders().AddFastTrainLog(log => log.ForwardToProviders = forward);
        builder.Services.AddSerilog(logger => logger.MinimumLevel.Debug().WriteTo.Sink(serilog), writeToProviders: true);
        using (IHost host = builder.Build())
        {
            Number(host.Services.GetRequiredService<ILogger<ForwardingTests>>(), 1);
            Number(host.Services.GetRequiredService<TrainLogger>(), 2);
        }

        Assert.Empty(directory.Messages("errors.log"));
        Assert.Equal(forward ? ["number 1", "number 2"] : ["number 1"], serilog.Seen);
        Assert.Equal(["number 1", "number 2"], directory.Messages("main.log"));
    }

    [TrainLog(11, LogLevel.Information, "number {Number}")]
    private static partial void Number(ILogger logger, int number);

    private sealed class SerilogSink : ILogEventSink
    {
        public ConcurrentQueue<string> Seen { get; } = [];

        public void Emit(LogEvent logEvent) => Seen.Enqueue(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>A provider as others are: it hears nothing more once it is disposed of.</summary>
    private sealed class Other : ILoggerProvider
    {
        private volatile bool _isDisposed;

        public ConcurrentQueue<string> Seen { get; } = [];

        public ConcurrentQueue<(string? Event, double Loss)> Losses { get; } = [];

        public ILogger CreateLogger(string categoryName) => new OfCategory(this, categoryName);

        public void Dispose() => _isDisposed = true;

        private sealed class OfCategory(Other provider, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (provider._isDisposed)
                {
                    return;
                }

                provider.Seen.Enqueue($"{category}: {formatter(state, exception)}");
                if (state is IEnumerable<KeyValuePair<string, object?>> pairs && pairs.FirstOrDefault(pair => pair.Key == "Loss").Value is double loss)
                {
                    provider.Losses.Enqueue((eventId.Name, loss));
                }
            }
        }
    }
}
