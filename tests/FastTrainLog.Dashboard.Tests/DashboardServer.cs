using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>The dashboard in a host of the test, as a user's own has it.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DashboardServer(WebApplication app, Uri address)
    {
        _app = app;
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(3) };
    }

    public HttpClient Client { get; }

    public static async Task<DashboardServer> Start(string root, Action<DashboardOptions>? configure = null, string path = "", string address = "http://127.0.0.1:0")
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        builder.Services.AddFastTrainLogDashboard(options =>
        {
            options.Directories.Add(root);
            configure?.Invoke(options);
        });
        WebApplication app = builder.Build();
        app.MapFastTrainLog(path);
        await app.StartAsync();
        return new DashboardServer(app, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }

    /// <summary>Reads an answer that must be one.</summary>
    public async Task<JsonElement> Get(string request)
    {
        using HttpResponseMessage response = await Client.GetAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK ? JsonElement.Parse(text) : throw new InvalidOperationException($"{request} was answered with {response.StatusCode}: {text}");
    }

    /// <summary>Returns the key of the only run, as soon as its figures are known.</summary>
    public async Task<string> OnlyRun()
    {
        while (true)
        {
            JsonElement runs = (await Get("api/runs")).GetProperty("runs");
            if (runs.GetArrayLength() == 1 && runs[0].GetProperty("errors").ValueKind == JsonValueKind.Number)
            {
                return Uri.EscapeDataString(runs[0].GetProperty("key").GetString()!);
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Reads the first update of a stream of series, from a cursor on.</summary>
    public async Task<JsonElement> FirstUpdate(string query, string cursor)
    {
        CancellationToken cancellation = Xunit.TestContext.Current.CancellationToken;
        using Stream stream = await Client.GetStreamAsync($"api/stream?{query}&cursor={Uri.EscapeDataString(cursor)}", cancellation);
        using var reader = new StreamReader(stream);
        bool isUpdate = false;
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            isUpdate |= line == "event: update";
            if (isUpdate && line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonElement.Parse(line["data: ".Length..]);
            }
        }

        throw new InvalidOperationException("The stream ended without an update.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
