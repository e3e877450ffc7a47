using System.Diagnostics;
using FastTrainLog.Tests.Shared;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>The dashboard as a process of its own, which can be killed.</summary>
internal sealed class DashboardProcess : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ProcessText _output;

    private DashboardProcess(Process process, ProcessText output, Uri address)
    {
        _process = process;
        _output = output;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Gets the memory of the process, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public string Output => _output.ToString();

    /// <summary>Starts <c>fasttrainlog dashboard</c> and waits until it listens.</summary>
    public static Task<DashboardProcess> Start(int port, params string[] arguments) => StartIn(Environment.CurrentDirectory, port, arguments);

    /// <summary>Starts it in a directory.</summary>
    public static async Task<DashboardProcess> StartIn(string directory, int port, params string[] arguments)
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Tool.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [tool, "dashboard", "--port", $"{port}", .. arguments]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = new ProcessText();
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Read(string? line)
        {
            output.Append(line);
            if (line is not null && line.StartsWith("http", StringComparison.Ordinal))
            {
                address.TrySetResult(new Uri(line[..line.IndexOf(' ', StringComparison.Ordinal)]));
            }
        }

        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException($"The dashboard ended: {output}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new DashboardProcess(process, output, await address.Task.WaitAsync(Longest));
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
