using System.Diagnostics;
using FastTrainLog.Tests.Shared;

namespace FastTrainLog.Tool.Tests;

/// <summary>A process that logs numbered records to <c>training_progress</c>: see FastTrainLog.Crash.Child.</summary>
internal sealed class CrashedRun : IDisposable
{
    private readonly string _progress;

    private CrashedRun(Process process, string progress)
    {
        Process = process;
        _progress = progress;
    }

    public Process Process { get; }

    /// <summary>Gets how many calls of its first thread have returned.</summary>
    public long Returned
    {
        get
        {
            if (!File.Exists(_progress))
            {
                return 0;
            }

            using var file = new FileStream(_progress, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[sizeof(long)];
            return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? BitConverter.ToInt64(bytes) : 0;
        }
    }

    /// <param name="end">How it ends: <c>return</c>, <c>fail-fast</c>, <c>forever</c> with no count.</param>
    public static CrashedRun Start(string directory, string end, long count = long.MaxValue)
    {
        string progress = Path.Combine(directory, ".progress");
        // Where it was built: beside the tests, what ASP.NET Core brings for the tool is left out, and the child runs without it.
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        string assembly = Path.Combine(built.Parent!.Parent!.FullName, "FastTrainLog.Crash.Child", built.Name, "FastTrainLog.Crash.Child.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, end, directory, progress, "0", "1", $"{count}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return new CrashedRun(process, progress);
    }

    /// <summary>Waits until it has logged, and kills it.</summary>
    public void KillAfter(long records)
    {
        if (!Eventually.Is(() => Returned >= records || Process.HasExited, TimeSpan.FromMinutes(1)) || Process.HasExited)
        {
            throw new InvalidOperationException("The process did not log.");
        }

        Process.Kill();
        Process.WaitForExit();
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
        }

        Process.WaitForExit();
        Process.Dispose();
    }
}
