using System.Net.Http;
using System.Text;
using FastTrainLog.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Options;

namespace FastTrainLog.Hosting.Tests;

/// <summary>What a host's services get of the log, and what the log gets of the services.</summary>
public sealed partial class ServiceTests
{
    [Fact]
    public void Loggers_and_the_log_are_injected()
    {
        using var directory = new HostDirectory();
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Services.AddFastTrainLog().AddSingleton<Trainer>();
        using (IHost host = builder.Build())
        {
            Trainer trainer = host.Services.GetRequiredService<Trainer>();
            trainer.Train();
            Assert.Same(trainer.Logging, host.Services.GetRequiredService<TrainLogging>());
        }

        Assert.Equal(["main 1"], directory.Messages("main.log").Where(message => message.StartsWith("main", StringComparison.Ordinal)));
        Assert.Equal(["keyed 2"], directory.Messages("performance.log").Where(message => message.StartsWith("keyed", StringComparison.Ordinal)));
        Assert.Contains("of the factory 3", directory.Messages("main.log"));
        Assert.Contains(directory.Messages("training_progress.log"), message => message.StartsWith("Epoch 1, Step 1", StringComparison.Ordinal));
        // A host's end is the end of the run that it left open.
        Assert.Contains(directory.Records(), record => record.TryGetProperty("event", out System.Text.Json.JsonElement name) && name.GetString() == "RunFailed");
    }

    [Fact]
    public void Options_come_from_the_configuration_the_code_with_services_and_Configure_in_this_order()
    {
        using var directory = new HostDirectory(("Logging:FastTrainLog:BackupCount", "1"), ("Logging:FastTrainLog:MaxFileSize", "2000"), ("Logging:FastTrainLog:EnableSymbols", "true"));
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Services.AddSingleton(new Limits(3000));
        builder.Logging.AddFastTrainLog((services, log) => (log.MaxFileSize, log.BackupCount) = (services.GetRequiredService<Limits>().Bytes, 2));
        builder.Services.Configure<TrainLogOptions>(log => log.BackupCount = 3);
        using IHost host = builder.Build();
        TrainLogOptions options = host.Services.GetRequiredService<IOptionsMonitor<TrainLogOptions>>().CurrentValue;
        Assert.Equal((3000L, 3, true), (options.MaxFileSize, options.BackupCount, options.EnableSymbols));
        Assert.Equal(directory.Logs, options.LogDirectory);
    }

    [Fact]
    public void The_monitor_of_the_options_shows_what_holds_after_a_change_and_code_is_asked_once()
    {
        using var directory = new HostDirectory();
        var sink = new Collected();
        int asked = 0;
        using (IHost host = directory.Build(log =>
        {
            asked++;
            log.AddSink(sink);
            log.BackupCount = 7;
        }))
        {
            IOptionsMonitor<TrainLogOptions> monitor = host.Services.GetRequiredService<IOptionsMonitor<TrainLogOptions>>();
            host.Services.GetRequiredService<TrainLogger>().LogInformation("one");
            directory.Reconfigure(host, "Logging:FastTrainLog:CategoryLevels:main", "Debug");
            host.Services.GetRequiredService<TrainLogger>().LogDebug("two");
            Assert.Equal((7, LogLevel.Debug), (monitor.CurrentValue.BackupCount, monitor.CurrentValue.CategoryLevels["main"]));
            Assert.Same(sink, Assert.Single(monitor.CurrentValue.Sinks).Sink);
            Assert.Equal(0, sink.Disposals);
        }

        Assert.Equal(1, asked);
        Assert.Equal(["one", "two"], sink.Messages.Where(message => message.Length == 3));
        Assert.Equal(1, sink.Disposals);
    }

    [Fact]
    public void A_sink_that_a_repeated_Configure_makes_for_nothing_is_disposed_of_and_the_first_one_goes_on()
    {
        using var directory = new HostDirectory();
        List<Collected> made = [];
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Logging.ClearProviders().AddFastTrainLog();
        builder.Services.Configure<TrainLogOptions>(log =>
        {
            made.Add(new Collected());
            log.AddSink(made[^1]);
        });
        using (IHost host = builder.Build())
        {
            host.Services.GetRequiredService<ILogger<ServiceTests>>().LogInformation("one");
            directory.Reconfigure(host, "Logging:FastTrainLog:MinimumLevel", "Debug");
            host.Services.GetRequiredService<ILogger<ServiceTests>>().LogInformation("two");
            Assert.Equal(0, made[0].Disposals);
            Assert.True(made.Count > 1);
        }

        Assert.Equal(["one", "two"], made[0].Messages.Where(message => message.Length == 3));
        Assert.All(made, sink => Assert.Equal(1, sink.Disposals));
    }

    [Fact]
    public void Sinks_come_from_the_container_with_what_they_need_of_it()
    {
        using var directory = new HostDirectory();
        HostApplicationBuilder builder = directory.CreateBuilder();
        var seen = new Seen();
        builder.Services.AddFastTrainLog().AddSingleton(seen).AddSingleton<ILogSink, SeeingSink>().AddTrainLogSink<OtherSink>(RecordFilters.Level(LogLevel.Error), "errors only");
        using (IHost host = builder.Build())
        {
            ILogger<ServiceTests> logger = host.Services.GetRequiredService<ILogger<ServiceTests>>();
            logger.LogInformation("fine");
            logger.LogError("bad");
        }

        Assert.Equal(["SeeingSink: fine", "SeeingSink: bad", "OtherSink: bad"], seen.Messages.OrderByDescending(message => message[0]).Where(message => !message.Contains("host", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void A_provider_that_is_cleared_writes_nothing_and_one_that_is_added_after_that_does()
    {
        using var directory = new HostDirectory();
        using (IHost host = Host.CreateDefaultBuilder()
            .UseContentRoot(directory.Path)
            .ConfigureLogging(logging => logging.AddFastTrainLog(log => log.LogDirectory = directory.Logs).ClearProviders())
            .Build())
        {
            host.Services.GetRequiredService<ILogger<ServiceTests>>().LogError("nobody hears");
        }

        Assert.False(Directory.Exists(directory.Logs));
        using (IHost host = Host.CreateDefaultBuilder()
            .UseContentRoot(directory.Path)
            .ConfigureLogging(logging => logging.AddFastTrainLog().ClearProviders().AddFastTrainLog())
            .Build())
        {
            host.Services.GetRequiredService<ILogger<ServiceTests>>().LogError("heard once");
        }

        Assert.Equal(["heard once"], directory.Messages("main.log"));
    }

    [Fact]
    public void A_log_that_is_there_before_the_host_is_the_hosts_too()
    {
        using var directory = new HostDirectory(("Logging:FastTrainLog:MinimumLevel", "None"), ("Logging:LogLevel:Default", "Debug"));
        TrainLogging logging = TrainLogging.Create(log => (log.LogDirectory, log.EnableConsoleLogging, log.ResourceInterval) = (directory.Logs, false, TimeSpan.Zero));
        logging.GetLogger(LogCategories.Main).LogInformation("before");
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Logging.ClearProviders().AddFastTrainLog(logging);
        using (IHost host = builder.Build())
        {
            Assert.Same(logging, host.Services.GetRequiredService<TrainLogging>());
            host.Services.GetRequiredService<ILogger<ServiceTests>>().LogDebug("within");
            host.Services.GetRequiredService<TrainLogger>().LogInformation("direct");
        }

        Assert.Equal(["before", "within", "direct"], directory.Messages("main.log"));
        Assert.False(logging.GetLogger(LogCategories.Main).IsEnabled(LogLevel.Critical));
    }

    [Fact]
    public async Task A_web_application_logs_its_requests_with_the_scopes_and_the_trace_of_each()
    {
        using var directory = new HostDirectory(("Logging:LogLevel:Default", "Information"));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string answer;
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = directory.Path });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddFastTrainLog();
        await using (WebApplication app = builder.Build())
        {
            app.MapGet("/loss/{step}", (int step, ILogger<ServiceTests> logger) =>
            {
                using (logger.BeginScope("fold {Fold}", 3))
                {
                    Asked(logger, step);
                }

                return System.Diagnostics.Activity.Current!.TraceId.ToString();
            });
            await app.StartAsync(cancellation);
            using var client = new HttpClient();
            answer = await client.GetStringAsync(new Uri(app.Urls.Single() + "/loss/12"), cancellation);
            await app.StopAsync(cancellation);
        }

        System.Text.Json.JsonElement record = Assert.Single(directory.Records(), record => record.TryGetProperty("event", out System.Text.Json.JsonElement name) && name.GetString() == "Asked");
        Assert.Equal(typeof(ServiceTests).FullName, record.GetProperty("logger").GetString());
        Assert.Equal(12, record.GetProperty("properties").GetProperty("Step").GetInt32());
        Assert.Equal(3, record.GetProperty("scopes").GetProperty("Fold").GetInt32());
        Assert.Equal("/loss/12", record.GetProperty("scopes").GetProperty("RequestPath").GetString());
        Assert.Equal(answer, record.GetProperty("trace_id").GetString());
        Assert.Contains("Application started. Press Ctrl+C to shut down.", directory.Messages("main.log"));
    }

    [TrainLog(8, LogLevel.Information, "asked for step {Step}")]
    private static partial void Asked(ILogger logger, int step);

    private sealed partial class Trainer(TrainLogger main, [FromKeyedServices(LogCategories.Performance)] TrainLogger performance, ITrainLoggerFactory factory, TrainLogging logging)
    {
        public TrainLogging Logging => logging;

        public void Train()
        {
            Number(main, "main", 1);
            Number(performance, "keyed", 2);
            Number(factory.GetLogger("Loader"), "of the factory", 3);
            TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m" });
            run.LogStep(1, 1, 0.5, 0.1);
        }

        [TrainLog(9, LogLevel.Information, "{What} {Number}")]
        private static partial void Number(TrainLogger logger, string what, int number);
    }

    private sealed record Limits(long Bytes);

    private sealed class Seen
    {
        public List<string> Messages { get; } = [];

        public void Add(string message)
        {
            lock (Messages)
            {
                Messages.Add(message);
            }
        }
    }

    private class SeeingSink(Seen seen) : ILogSink
    {
        public void Write(in LogRecord record) => seen.Add($"{GetType().Name}: {Encoding.UTF8.GetString(record.Message)}");

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class OtherSink(Seen seen) : SeeingSink(seen);

    private sealed class Collected : ILogSink
    {
        public List<string> Messages { get; } = [];

        public int Disposals { get; private set; }

        public void Write(in LogRecord record) => Messages.Add(Encoding.UTF8.GetString(record.Message));

        public void Flush()
        {
        }

        public void Dispose() => Disposals++;
    }
}
