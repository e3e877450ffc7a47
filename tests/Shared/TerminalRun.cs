using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace FastTrainLog.Tests.Shared;

/// <summary>A program on a terminal, which <c>script</c> of util-linux makes: what a person sees of it, from each piece that is read to the next.</summary>
internal sealed class TerminalRun : IDisposable
{
    private const int Rows = 30;

    private readonly Process _process;
    private readonly StringBuilder _written = new();
    private volatile bool _isLate;

    private TerminalRun(Process process, string directory, int columns)
    {
        (_process, Directory) = (process, directory);
        Screen = new ScreenEmulator(columns, Rows);
    }

    public string Directory { get; }

    public ScreenEmulator Screen { get; }

    /// <summary>Gets the bytes that were written so far, as text.</summary>
    public string Written => _written.ToString();

    public static TerminalRun Start(int columns, string program, Dictionary<string, string> environment, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "There is no 'script' of util-linux here, which makes a terminal.");
        string directory = System.IO.Directory.CreateTempSubdirectory("ftl-terminal-").FullName;
        string command = string.Create(
            CultureInfo.InvariantCulture,
            $"stty cols {columns} rows {Rows}; exec dotnet '{Path.Combine(AppContext.BaseDirectory, program)}' {string.Join(' ', arguments)}");
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", command, "/dev/null"])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        (start.Environment["TERM"], start.Environment["NO_COLOR"]) = ("xterm-256color", string.Empty);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new TerminalRun(Process.Start(start)!, directory, columns);
    }

    /// <summary>Reads up to the end, or until a person sees something.</summary>
    /// <param name="onScreen">Called with the screen after each piece that was read; true to stop.</param>
    /// <returns>Whether it stopped.</returns>
    public bool ReadUntil(Func<ScreenEmulator, bool> onScreen)
    {
        byte[] buffer = new byte[4096];
        using var timer = new Timer(
            _ =>
            {
                _isLate = true;
                _process.Kill(entireProcessTree: true);
            },
            null,
            TimeSpan.FromMinutes(3),
            Timeout.InfiniteTimeSpan);
        while (_process.StandardOutput.BaseStream.Read(buffer) is > 0 and int count)
        {
            Screen.Feed(buffer.AsSpan(0, count));
            _written.Append(Encoding.UTF8.GetString(buffer, 0, count));
            if (onScreen(Screen))
            {
                return true;
            }
        }

        _process.WaitForExit();
        Assert.True(timer.Change(Timeout.Infinite, Timeout.Infinite) && !_isLate, $"The program did not end. A person saw:\n{Screen.Text}");
        return false;
    }

    public void ReadToEnd() => ReadUntil(_ => false);

    /// <summary>Types a key.</summary>
    public void Type(char key)
    {
        _process.StandardInput.Write(key);
        _process.StandardInput.Flush();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
