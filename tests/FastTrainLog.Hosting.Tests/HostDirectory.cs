using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace FastTrainLog.Hosting.Tests;

/// <summary>The directory that a host lives in: its appsettings.json and its logs.</summary>
internal sealed class HostDirectory : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("fasttrainlog-host-").FullName;

    public HostDirectory(params (string Key, string? Value)[] settings)
    {
        Configure("Logging:FastTrainLog:LogDirectory", Logs);
        Configure("Logging:FastTrainLog:ResourceInterval", "00:00:00");
        foreach ((string key, string? value) in settings)
        {
            Configure(key, value);
        }
    }

    public string Path => _path;

    public string Logs => System.IO.Path.Combine(_path, "logs");

    private string Settings => System.IO.Path.Combine(_path, "appsettings.json");

    /// <summary>Writes a value into the host's appsettings.json, or takes it out.</summary>
    public void Configure(string key, string? value)
    {
        JsonNode root = File.Exists(Settings) ? JsonNode.Parse(File.ReadAllText(Settings))! : new JsonObject();
        JsonNode node = root;
        string[] names = key.Split(':');
        foreach (string name in names[..^1])
        {
            node = node[name] ??= new JsonObject();
        }

        if (value is null)
        {
            node.AsObject().Remove(names[^1]);
        }
        else
        {
            node[names[^1]] = value;
        }

        File.WriteAllText(Settings, root.ToJsonString());
    }

    /// <summary>Changes the host's appsettings.json and has a running host read it.</summary>
    public void Reconfigure(IHost host, string key, string? value)
    {
        Configure(key, value);
        ((IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>()).Reload();
    }

    /// <summary>Returns a builder of a host as a program has it that begins with <c>Host.CreateApplicationBuilder</c>.</summary>
    public HostApplicationBuilder CreateBuilder() => Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _path });

    /// <summary>Returns a host with the log and nothing else.</summary>
    public IHost Build(Action<TrainLogOptions>? configure = null)
    {
        HostApplicationBuilder builder = CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddFastTrainLog(configure);
        return builder.Build();
    }

    /// <summary>Returns a log of its own, without a host.</summary>
    public TrainLogging CreateLog() => TrainLogging.Create(log => (log.LogDirectory, log.EnableConsoleLogging, log.ResourceInterval) = (Logs, false, TimeSpan.Zero));

    /// <summary>Returns the messages of a file of the log, without what stands before them.</summary>
    public string[] Messages(string file) =>
        [.. File.ReadLines(System.IO.Path.Combine(Logs, file)).Select(line => line[(line.IndexOf(" - ", line.IndexOf(" - ", StringComparison.Ordinal) + 3, StringComparison.Ordinal) + 3)..])];

    /// <summary>Returns the lines of run.jsonl.</summary>
    public JsonElement[] Records() => [.. File.ReadLines(System.IO.Path.Combine(Logs, "run.jsonl")).Select(line => JsonElement.Parse(line))];

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
