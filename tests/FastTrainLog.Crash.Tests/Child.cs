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
    public static Child Start(string end, string directory, int session, int threads, long count, MemoryLimit? limit = null, bool compresses = false, TimeSpan? flushInterval = null)
    {
        string progress = Path.Combine(directory, $".progress.{session}");
        string assembly = Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Crash.Child.dll");
        string[] command = ["dotnet", assembly, end, directory, progress, $"{session}", $"{threads}", $"{count}"];
        if (limit is not null)
        {
            // The shell enters the group and then becomes the child.
            command = ["/bin/sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", limit.Processes, .. command];
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

        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return new Child(process, progress, session);
    }

    /// <summary>Returns how many calls of each thread had returned when the process died.</summary>
    public long[] Returned()
    {
        long[] counts = new long[MostThreads];
        if (File.Exists(_progressFile) && new FileInfo(_progressFile).Length >= MostThreads * sizeof(long))
        {
            byte[] bytes = File.ReadAllBytes(_progressFile);
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] = BitConverter.ToInt64(bytes, i * sizeof(long));
            }
        }

        return counts;
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
