using System.Text.Json;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Training;
using FastTrainLog.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Hosting;

/// <summary>A run in a host that is set up by configuration alone.</summary>
public sealed class HostRunTests
{
    [Fact]
    public void What_setup_logging_of_the_reference_takes_comes_from_the_hosts_configuration()
    {
        using var directory = new TemporaryDirectory();
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Logging:FastTrainLog:LogDirectory", directory["logs"]),
            new("Logging:FastTrainLog:MinimumLevel", "Debug"),
            new("Logging:FastTrainLog:EnableFileLogging", "true"),
            new("Logging:FastTrainLog:EnableConsoleLogging", "false"),
            new("Logging:FastTrainLog:EnableJsonLogging", "true"),
            new("Logging:FastTrainLog:EnableSymbols", "true"),
            new("Logging:FastTrainLog:MaxFileSize", "4096"),
            new("Logging:FastTrainLog:BackupCount", "2"),
            new("Logging:FastTrainLog:ResourceInterval", "00:00:00"),
        ]).Build();
        using (ServiceProvider services = new ServiceCollection()
            .AddLogging(builder => builder.AddConfiguration(configuration.GetSection("Logging")).AddFastTrainLog())
            .AddSingleton<IConfiguration>(configuration)
            .BuildServiceProvider())
        {
            ILogger<HostRunTests> logger = services.GetRequiredService<ILogger<HostRunTests>>();
            using TrainingRun run = TrainingRun.Start(services.GetRequiredService<TrainLogging>(), RunLog.Options with { RunId = "hosted" });
            using (logger.BeginScope("fold {Fold}", 3))
            {
                logger.LogInformation("from a service");
                for (int step = 1; step <= 100; step++)
                {
                    run.LogStep(1, step, 0.5, 0.1);
                }
            }

            run.End(success: true);
        }

        Assert.Contains("✅ Training completed", File.ReadAllText(directory["logs/training_progress.log"]), StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(directory["logs"], "training_progress.log*").Length);
        string[] files = [.. Directory.GetFiles(directory["logs"], "run.jsonl*")];
        Assert.Equal(3, files.Length);
        JsonElement[] records = [.. files.SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.All(
            records.Where(record => record.GetProperty("event").GetString() == "Step"),
            record => Assert.Equal(("hosted", 3), (record.GetProperty("run").GetString(), record.GetProperty("scopes").GetProperty("Fold").GetInt32())));
    }
}
