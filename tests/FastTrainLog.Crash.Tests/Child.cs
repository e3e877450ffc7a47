using System.Diagnostics;

namespace FastTrainLog.Crash.Tests;

/// <summary>A process that logs and dies.</summary>
internal sealed class Child : IDisposable
{
    public const int MostThreads = 8;

    private readonly string _progressFile;

    private Child(Process process, string progressFile, int session)
    {
        Process = process;
        _progressFile = progressFile;
        Session = session;
    }

    public Process Process { get; }

    public int Session { get; }

    /// <summary>Starts a child, under a limit of memory where there is one.</summary>
    public static Child Start(string end, string directory, int session, int threads, long count, MemoryLimit? limit = null, bool compresses = false, TimeSpan? flushInterval = null, uint? user = null, string? mounts = null, string? seenAs = null, string? progressFolder = null, params (string Name, string Value)[] environment)
    {
        string progress = Path.Combine(progressFolder ?? directory, $".progress.{session}");
        string assembly = Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Crash.Child.dll");
        string[] command = ["dotnet", assembly, end, seenAs ?? directory, progress, $"{session}", $"{threads}", $"{count}"];
        if (limit is not null)
        {
            // The shell enters the group and then becomes the child.
            command = ["/bin/sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", limit.Processes, .. command];
        }

        if (user is not null)
        {
            command = ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", .. command];
        }

        if (mounts is not null)
        {
            // With mounts of its own, as a container has.
            command = ["unshare", "-m", "/bin/sh", "-c", $"{mounts} && exec \"$0\" \"$@\"", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // A core dump of each of hundreds of children helps nobody.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["FASTTRAINLOG_COMPRESS_BACKUPS"] = $"{compresses}";
        if (flushInterval is { } interval)
        {
            start.Environment["FASTTRAINLOG_FLUSH_INTERVAL"] = $"{interval}";
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return new Child(process, progress, session);
    }

    /// <summary>Starts a child with a run that ends in a way of <c>RunEnds</c>.</summary>
    public static Process StartRun(string end, string directory, TimeSpan? flushInterval = null, string? ignoredSignal = null, params (string Name, string Value)[] environment)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Crash.Child.dll"), "run", end, directory];
        if (ignoredSignal is not null)
        {
            // As nohup does: what a process ignores, what it becomes ignores too.
            command = ["/bin/sh", "-c", $"trap '' {ignoredSignal} && exec \"$0\" \"$@\"", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        if (flushInterval is { } interval)
        {
            start.Environment["FASTTRAINLOG_FLUSH_INTERVAL"] = $"{interval}";
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Returns how many calls of each thread had returned when the process died.</summary>
    public long[] Returned() => Progress(0);

    /// <summary>Returns how many of them were dropped.</summary>
    public long[] Dropped() => Progress(MostThreads);

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
        }

        Process.WaitForExit();
        Process.Dispose();
    }

    private long[] Progress(int first)
    {
        long[] counts = new long[MostThreads];
        if (File.Exists(_progressFile) && new FileInfo(_progressFile).Length >= 2 * MostThreads * sizeof(long))
        {
            byte[] bytes = File.ReadAllBytes(_progressFile);
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] = BitConverter.ToInt64(bytes, (first + i) * sizeof(long));
            }
        }

        return counts;
    }
}
