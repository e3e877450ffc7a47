using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace FastTrainLog.Dashboard.Alerts;

/// <summary>Delivers alerts to webhooks and commands.</summary>
internal sealed class AlertDelivery : IDisposable
{
    private const int Attempts = 4;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _client = new() { Timeout = Longest };

    /// <summary>Posts an alert; again after a pause, if the other side does not take it.</summary>
    /// <returns>Why it could not be delivered, or null.</returns>
    public async Task<string?> Post(string address, Alert alert, CancellationToken cancellation)
    {
        string? fault = null;
        TimeSpan pause = FirstPause;
        for (int attempt = 0; attempt < Attempts; attempt++, pause *= 2)
        {
            if (attempt > 0)
            {
                await Task.Delay(pause, cancellation);
            }

            try
            {
                using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(alert, AlertJson.Default.Alert));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
                using HttpResponseMessage response = await _client.PostAsync(address, content, cancellation);
                if (response.IsSuccessStatusCode)
                {
                    return null;
                }

                fault = $"it answered with status {(int)response.StatusCode}";
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                fault = exception.Message;
            }
        }

        return fault;
    }

    /// <summary>Starts a program with the alert in its environment: nothing from a log is part of a command line.</summary>
    /// <returns>Why it failed, or null.</returns>
    public static async Task<string?> Run(IReadOnlyList<string> command, Alert alert, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false };
        start.Environment["FASTTRAINLOG_ALERT_TEXT"] = alert.Text;
        start.Environment["FASTTRAINLOG_ALERT_RULE"] = alert.Rule;
        start.Environment["FASTTRAINLOG_ALERT_RUN"] = alert.Run;
        start.Environment["FASTTRAINLOG_ALERT_STATE"] = alert.State;
        try
        {
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? null : $"it returned {process.ExitCode}";
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }

    public void Dispose() => _client.Dispose();
}
