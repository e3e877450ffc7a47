namespace FastTrainLog.Hosting.Tests;

/// <summary>The examples of docs/hosting.md do what it says of them.</summary>
public sealed class HostExampleTests
{
    [Fact]
    public async Task The_example_of_a_service_trains_in_a_host_and_its_sink_is_made_by_the_container()
    {
        using var directory = new HostDirectory();
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new HostExamples.Paths(directory.Logs)).AddHostedService<HostExamples.Trainer>();
        HostExamples.Options(builder);
        using (IHost host = builder.Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Single().ExecuteTask!;
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.Contains("5000 images loaded", directory.Messages("main.log"));
        Assert.Single(directory.Messages("training_progress.log"), message => message.StartsWith("Training completed", StringComparison.Ordinal));
        Assert.Equal(100, File.ReadLines(Path.Combine(directory.Logs, "loss.csv")).Count());
    }
}
