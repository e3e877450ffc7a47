using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Benchmarks.Pipeline;

namespace FastTrainLog.Benchmarks.Dashboard;

/// <summary>The command <c>fasttrainlog dashboard</c> as a process of its own, as users have it.</summary>
internal sealed class DashboardServer : IDisposable
{
    private readonly Process _process;

    private DashboardServer(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromHours(1) };
    }

    public HttpClient Client { get; }

    /// <summary>Gets the memory that the server has in RAM, in MB.</summary>
    public double ResidentMb
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Gets the processor time that the server has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static DashboardServer Start(string directory)
    {
        Process process = Process.Start(new ProcessStartInfo("dotnet", [ChildRun.ToolPath("FastTrainLog.Tool"), "dashboard", "--port", "0", directory]) { RedirectStandardOutput = true })!;
        string? line = process.StandardOutput.ReadLine();
        return line is not null && line.StartsWith("http", StringComparison.Ordinal)
            ? new DashboardServer(process, new Uri(line[..line.IndexOf(' ', StringComparison.Ordinal)]))
            : throw new IOException($"The dashboard did not start: {line}");
    }

    /// <summary>Stops the process, as if it were not there, or lets it go on.</summary>
    public void Freeze(bool isFrozen)
    {
        using Process kill = Process.Start("kill", [isFrozen ? "-STOP" : "-CONT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until every log is read, and returns the rows of the runs.</summary>
    public JsonElement[] WaitForRuns(int runs)
    {
        while (true)
        {
            JsonElement list = JsonDocument.Parse(Client.GetStringAsync("api/runs").GetAwaiter().GetResult()).RootElement;
            JsonElement[] rows = [.. list.GetProperty("runs").EnumerateArray()];
            if (rows.Length == runs && Array.TrueForAll(rows, row => row.GetProperty("errors").ValueKind == JsonValueKind.Number))
            {
                return rows;
            }

            Thread.Sleep(20);
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
