using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using FastTrainLog;
using FastTrainLog.Crash.Child;
using FastTrainLog.Frontend;
using FastTrainLog.Records;

// Logs numbered records until it is killed, or a given count and then ends in a given way; disposes its log only if it is told to.
// What it has logged it says in a mapped file: for each of eight threads how many calls have returned, as 8 bytes each, and then how many of them were dropped.
if (args is ["run", string runEnd, string runDirectory])
{
    return RunEnds.Run(runEnd, runDirectory);
}

if (args is ["console", string kind])
{
    return ConsolePrograms.Run(kind);
}

if (args is ["secret", string secretDirectory, string veiledFile])
{
    return SecretHolder.Run(secretDirectory, veiledFile);
}

if (args is ["rank", string rankDirectory, string runId, string rank, string ranks, string trouble])
{
    return RankOfRun.Train(rankDirectory, runId, int.Parse(rank, null), int.Parse(ranks, null), trouble);
}

if (args is ["long", string longDirectory, string longId, string longSteps, string totalSteps])
{
    return LongRun.Train(longDirectory, longId, long.Parse(longSteps, null), long.Parse(totalSteps, null));
}

if (args is not [string end, string directory, string progressFile, string sessionText, string threadsText, string countText])
{
    Console.Error.WriteLine("usage: END DIRECTORY PROGRESS SESSION THREADS COUNT");
    return 2;
}

const int MostThreads = 8;
int session = int.Parse(sessionText, null);
int threads = int.Parse(threadsText, null);
long count = long.Parse(countText, null);
using var map = MemoryMappedFile.CreateFromFile(progressFile, FileMode.OpenOrCreate, null, 4096);
using MemoryMappedViewAccessor progress = map.CreateViewAccessor();

if (end == "file-limit")
{
    Native.LimitFileSize(100_000);
}

TrainLogging logging = TrainLogging.Create(options =>
{
    options.LogDirectory = directory;
    options.EnableConsoleLogging = false;
    // Small, so that a short life sees many rotations and pages used again.
    options.MaxFileSize = 200_000;
    options.BackupCount = 10_000;
    options.BufferBytes = 2 * 1024 * 1024;
    options.FlushInterval = TimeSpan.FromMilliseconds(3);
    options.ShutdownTimeout = TimeSpan.FromSeconds(50);
    // What is tested is that nothing is lost, on a machine however busy.
    options.BlockTimeout = TimeSpan.FromMinutes(1);
    options.ReadEnvironment();
});
TrainLogger logger = logging.GetLogger(LogCategories.TrainingProgress);
// What says of a record where it belongs must survive with it.
RunContext run = logging.BeginRun($"run-{session}", rank: 0, worldSize: 1);
TrainLogger ofRun = logging.GetRunLogger(LogCategories.TrainingProgress, run);
string[] texts = ["", "short", "säule 頁 😀", new string('x', 300)];

void Log(int thread)
{
    // Every other process has none: from the first activity on, a thread begins its pages in another way.
    using Activity? activity = session % 2 == 0
        ? new Activity("thread").SetParentId(ActivityTraceId.CreateFromString($"{session + 1:x16}{thread + 1:x16}"), ActivitySpanId.CreateRandom()).Start()
        : null;
    Action? allow = end switch
    {
        "no-files" => Native.ForbidFiles(),
        "no-threads" => Native.ForbidThreads(),
        "no-memory" => Native.ForbidMemory(),
        _ => null,
    };
    for (long i = 0; i < count; i++)
    {
        if (end == "lasting" && i % 512 == 0)
        {
            ChildMessages.Lasting(logger, session, thread, i);
        }
        else
        {
            if (end == "repeat" && i % 8 == 7)
            {
                // The same each time.
                ChildMessages.Repeated(thread % 2 == 0 ? logger : ofRun, session, thread);
            }

            ChildMessages.Numbered(thread % 2 == 0 ? logger : ofRun, session, thread, i, texts[i & 3], i * 0.125);
        }

        progress.Write((MostThreads + thread) * sizeof(long), DropCounter.OfThisThread);
        progress.Write(thread * sizeof(long), i + 1);
        // Fast enough to fill pages, slow enough that a life's files can be read back in a moment.
        if ((count == long.MaxValue && i % 64 == 63) || (end is "steady" or "dispose" && i % 8 == 7))
        {
            Thread.Sleep(1);
        }
    }

    if (allow is not null)
    {
        // What is written is written under the limit.
        logging.Flush(TimeSpan.FromMinutes(1));
        allow();
    }
}

Thread[] workers = [.. Enumerable.Range(0, threads).Select(t => new Thread(() => Log(t)))];
Array.ForEach(workers, w => w.Start());
Array.ForEach(workers, w => w.Join());

switch (end)
{
    case "return" or "file-limit" or "steady" or "no-files" or "no-threads" or "no-memory":
        // Nothing refers to the log any more, and it was not disposed: its end is still an orderly one.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return 0;
    case "dispose":
        logging.Dispose();
        // What follows is the operating system's: it may not end a process in which a thread waits for a file system.
        Console.WriteLine("disposed");
        return 0;
    case "sampled":
        for (int i = 1; i <= 15; i++)
        {
            ChildMessages.Sampled(logger, i);
            ChildMessages.Limited(new StandardOutputLogger(), i);
        }

        return 0;
    case "in-front":
        ThreadsInFront.Report(logger);
        return 0;
    case "exit":
        Environment.Exit(3);
        return 3;
    case "fail-fast":
        Environment.FailFast("on purpose");
        return 4;
    case "unhandled":
        throw new InvalidOperationException("on purpose");
    case "unhandled-on-thread":
        var thread = new Thread(() => throw new InvalidOperationException("on purpose"));
        thread.Start();
        thread.Join();
        return 5;
    case "native-abort":
        Native.Abort();
        return 6;
    case "stack-overflow":
        return Native.Overflow(1);
    case "out-of-memory":
        return Native.EatMemory();
    case "critical":
        ChildMessages.Critical(logger);
        Thread.Sleep(Timeout.Infinite);
        return 8;
    case "wait":
        Console.WriteLine("ready");
        Thread.Sleep(Timeout.Infinite);
        return 7;
    default:
        Console.Error.WriteLine($"There is no end '{end}'.");
        return 2;
}
