using System.Diagnostics;
using FastTrainLog.Tests.Shared;

namespace FastTrainLog.Tool.Tests;

/// <summary>The tool as a process of its own, with its output as it comes.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly ProcessText _output = new();
    private readonly ProcessText _error = new();
    private volatile string _lastLine = "";

    private ToolProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) =>
        {
            _output.Append(line.Data);
            _lastLine = line.Data ?? _lastLine;
        };
        _process.ErrorDataReceived += (_, line) => _error.Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Gets the last line of the output, at no cost however long the output is.</summary>
    public string LastLine => _lastLine;

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public static ToolProcess Start(params string[] arguments) => Start([], arguments);

    public static ToolProcess Start(Dictionary<string, string> environment, params string[] arguments)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Tool.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ToolProcess(process);
    }

    /// <summary>Waits for the end.</summary>
    public int Wait()
    {
        if (!_process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            throw new TimeoutException($"The tool did not end. It had written: {Output}{Error}");
        }

        // Without a limit of time, this waits for the output's end too.
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Kills it, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
