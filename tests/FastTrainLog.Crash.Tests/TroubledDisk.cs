using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A file system, served by <c>troubleddisk.c</c>, with a log directory in it: it loses power, hangs and fails as a test says.</summary>
internal sealed class TroubledDisk : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _program;
    private readonly string _mount;
    private readonly string _state;
    private Process? _server;

    public TroubledDisk(TroubledDiskProgram program)
    {
        Assert.SkipWhen(program.WhyNot.Length > 0, program.WhyNot);
        _program = program.Path;
        Root = Directory.CreateTempSubdirectory("fasttrainlog-disk-").FullName;
        (_mount, _state) = (Path.Combine(Root, "mount"), Path.Combine(Root, "state"));
        Directory.CreateDirectory(_mount);
        Directory.CreateDirectory(Path.Combine(Live, "logs"));
        Start();
    }

    /// <summary>Gets a directory elsewhere.</summary>
    public string Root { get; }

    /// <summary>Gets the log directory.</summary>
    public string Logs => Path.Combine(_mount, "logs");

    private string Live => Path.Combine(_state, "live");

    private string Trouble => Path.Combine(_state, "trouble");

    /// <summary>Begins trouble: the number of an error, or "hang". What it returns ends it: before anybody waits for a process that may be waiting for the file system.</summary>
    public IDisposable Begin(string trouble)
    {
        // At once, as it has to be read whole.
        File.WriteAllText(Trouble + ".new", trouble);
        File.Move(Trouble + ".new", Trouble);
        return new TroubleUntil(Trouble);
    }

    /// <summary>Looks at a copy of the log directory as it would be after a loss of power now.</summary>
    public bool WouldKeep(Func<string, bool> looksFor)
    {
        string copy = Directory.CreateDirectory(Path.Combine(Root, "copy")).FullName;
        Restore(copy);
        bool isKept = looksFor(Path.Combine(copy, "logs"));
        Directory.Delete(copy, recursive: true);
        return isKept;
    }

    /// <summary>Ends the power, and kills a process: what was not synced is gone, and so is what was in memory.</summary>
    public void LosePower(Process process)
    {
        string[] journals = LogFiles.Journals(Logs);
        Stop();
        process.Kill();
        process.WaitForExit();
        Array.ForEach(journals, File.Delete);
        string left = Directory.CreateDirectory(Path.Combine(Root, "left")).FullName;
        Restore(left);
        Directory.Delete(_state, recursive: true);
        Directory.CreateDirectory(_state);
        Directory.Move(left, Live);
        Start();
    }

    public void Dispose()
    {
        Array.ForEach(LogFiles.Journals(Logs), File.Delete);
        Stop();
        Directory.Delete(Root, recursive: true);
    }

    private void Start()
    {
        _server = Process.Start(new ProcessStartInfo(_program, [_state, _mount]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        _server.ErrorDataReceived += static (_, _) => { };
        _server.BeginErrorReadLine();
        Assert.True(Eventually.Is(() => Directory.Exists(Logs) || _server.HasExited, Longest) && !_server.HasExited, "The file system was not mounted.");
    }

    private void Stop()
    {
        _server!.Kill();
        _server.WaitForExit();
        _server.Dispose();
        using Process unmount = Process.Start("umount", ["-l", _mount]);
        unmount.WaitForExit();
        Assert.Equal(0, unmount.ExitCode);
    }

    private void Restore(string place)
    {
        using Process inode = Process.Start(new ProcessStartInfo("stat", ["-c", "%i", Live]) { RedirectStandardOutput = true })!;
        RestoreDirectory(inode.StandardOutput.ReadToEnd().Trim(), place);
        inode.WaitForExit();
    }

    private void RestoreDirectory(string inode, string place)
    {
        string list = Path.Combine(_state, "disk", "directories", inode);
        // A directory that was never synced is empty, and so is a file.
        foreach (string line in File.Exists(list) ? File.ReadAllLines(list) : [])
        {
            string[] entry = line.Split(' ', 4);
            string target = Path.Combine(place, entry[3]);
            string content = Path.Combine(_state, "disk", "files", entry[2]);
            if (entry[0] == "d")
            {
                Directory.CreateDirectory(target);
                RestoreDirectory(entry[2], target);
            }
            else if (File.Exists(content))
            {
                File.Copy(content, target);
            }
            else
            {
                File.WriteAllText(target, string.Empty);
            }

            File.SetUnixFileMode(target, (UnixFileMode)int.Parse(entry[1], CultureInfo.InvariantCulture));
        }
    }

    private sealed class TroubleUntil(string file) : IDisposable
    {
        public void Dispose() => File.Delete(file);
    }
}
