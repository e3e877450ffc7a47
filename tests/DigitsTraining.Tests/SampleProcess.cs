using System.Diagnostics;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace DigitsTraining.Tests;

/// <summary>The sample as a user starts it: a process of its own, in an empty directory, its output redirected.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ProcessText _output = new();
    private readonly ProcessText _error = new();

    public SampleProcess(params string[] arguments)
        : this([], arguments)
    {
    }

    public SampleProcess(Dictionary<string, string> environment, params string[] arguments)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("ftl-digits-").FullName;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DigitsTraining.dll"), .. arguments])
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _error.Append(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>Gets the directory that the process runs in; it is deleted with this.</summary>
    public string Directory { get; }

    public string Output => _output.ToString();

    public string LastLine => Output.TrimEnd().Split('\n')[^1];

    public string Error => _error.ToString().Trim();

    public int Id => _process.Id;

    public string Log(string file) => Path.Combine(Directory, "logs", file);

    /// <summary>Reads the output up to a line that contains a text.</summary>
    public void ReadUntil(string text)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            _output.Append(line);
            if (line.Contains(text))
            {
                return;
            }
        }

        Assert.Fail($"The process ended before it wrote '{text}': {Output}{Error}");
    }

    /// <summary>Reads the output to its end.</summary>
    /// <returns>The exit code.</returns>
    public int WaitForEnd()
    {
        using var timer = new Timer(_ => _process.Kill(), null, Longest, Timeout.InfiniteTimeSpan);
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            _output.Append(line);
        }

        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
