using System.Runtime.CompilerServices;
using FastTrainLog.Platform;
using FastTrainLog.Series;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Times single calls of one logger at several paces.</summary>
/// <remarks>The thread spins between calls, as one that waits for a device does; the caller's caches are what the pause leaves of them.</remarks>
internal static class LatencyChild
{
    public const string EmptyTimer = "empty timer";
    public const string Floor = "empty + clock and 64-byte store";
    public const string Disabled = "FastTrainLog, level off";

    /// <summary>The paces, by name.</summary>
    public static readonly string[] Paces = ["2us", "100us", "1ms", "burst", "cold", "4threads", "16threads"];

    private const int BurstLength = 1000;
    private const int MostThreads = 16;

    // Each thread's count in a cache line of its own.
    private const int CountStride = 8;

    private static readonly byte[] Evictor = GC.AllocateUninitializedArray<byte>(64 * 1024 * 1024);

    /// <summary>Times a logger at one pace, or at all where it is empty.</summary>
    public static LatencyResult Measure(string logger, string format, string pace, bool quick)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-bench-").FullName;
        try
        {
            return logger switch
            {
                EmptyTimer => MeasurePaces(static (_, _) => { }, pace, quick),
                Disabled => MeasureDisabled(directory),
                _ => MeasureLogger(logger, format, directory, pace, quick),
            };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static LatencyResult MeasureLogger(string logger, string format, string directory, string pace, bool quick)
    {
        // A floor that threads share would wait for the others.
        Contestant[] contestants = logger == Floor
            ? [.. Enumerable.Range(0, MostThreads).Select(_ => new FloorContestant())]
            : [.. Enumerable.Repeat(Contestants.Create(logger, format, directory), MostThreads)];
        long[] logged = new long[MostThreads * CountStride];
        LatencyResult result = MeasurePaces(
            (i, thread) =>
            {
                logged[thread * CountStride]++;
                contestants[thread].Log(i / 1000, i, 2.345678 / (i + 1), 0.9123, 1e-3, i * 0.25f, 12345.678);
            },
            pace,
            quick);
        contestants[0].Close();
        return logger == Floor ? result : result with { Lost = logged.Sum() - contestants[0].CountWritten(directory) };
    }

    // Too short to time one by one: a million calls at a stretch, and the same loop without them.
    private static LatencyResult MeasureDisabled(string directory)
    {
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory, false));
        TrainLogger logger = logging.GetLogger("bench");
        double best = double.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long start = TickClock.Now();
            RunDisabled(logger, 1_000_000);
            best = Math.Min(best, (TickClock.Now() - start) * NanosecondsPerTick / 1_000_000);
            if (round is 3 or 6)
            {
                Thread.Sleep(300);
            }
        }

        return new LatencyResult([new PaceResult("burst", [best], 0)], 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunDisabled(TrainLogger logger, int count)
    {
        for (int i = 0; i < count; i++)
        {
            OwnMessages.Disabled(logger, i, i, 1, 1, 1, 1, 1);
        }
    }

    private static double NanosecondsPerTick => 1e9 / TickClock.Frequency;

    private static LatencyResult MeasurePaces(Action<int, int> call, string pace, bool quick)
    {
        WarmUp(call);
        IEnumerable<string> wanted = Paces.Where(name => pace.Length == 0 || name == pace);
        return new LatencyResult([.. wanted.Select(name => MeasurePace(name, call, quick))], 0);
    }

    private static PaceResult MeasurePace(string name, Action<int, int> call, bool quick) => name switch
    {
        "2us" => Paced(name, 2e-6, quick ? 20_000 : 200_000, call),
        "100us" => Paced(name, 100e-6, quick ? 4_000 : 20_000, call),
        "1ms" => Paced(name, 1e-3, quick ? 700 : 5_000, call),
        "burst" => Bursts(quick ? 20 : 100, call),
        "cold" => Cold(quick ? 40 : 300, call),
        "4threads" => Threads(name, 4, quick ? 300 : 2_000, call),
        "16threads" => Threads(name, MostThreads, quick ? 300 : 2_000, call),
        _ => throw new ArgumentException($"There is no pace '{name}'."),
    };

    private static void WarmUp(Action<int, int> call) => Compilation.AwaitEnd(
        () =>
        {
            for (int i = 0; i < 3000; i++)
            {
                TimeOne(call, i);
            }

            RunBurst(call);
        },
        mostRounds: 40);

    private static PaceResult Paced(string name, double seconds, int count, Action<int, int> call)
    {
        double[] samples = new double[count];
        long pause = (long)(seconds * TickClock.Frequency);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long due = TickClock.Now() + pause;
        for (int i = 0; i < count; i++)
        {
            while (TickClock.Now() < due)
            {
            }

            samples[i] = TimeOne(call, i);
            due = Math.Max(due + pause, TickClock.Now() + (pause / 2));
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return Result(name, samples, allocated);
    }

    private static PaceResult Bursts(int count, Action<int, int> call)
    {
        double[] samples = new double[count];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int burst = 0; burst < count; burst++)
        {
            Thread.Sleep(20);
            samples[burst] = RunBurst(call);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return Result("burst", samples, allocated / BurstLength);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double RunBurst(Action<int, int> call)
    {
        long start = TickClock.Now();
        for (int i = 0; i < BurstLength; i++)
        {
            call(i, 0);
        }

        return (TickClock.Now() - start) * NanosecondsPerTick / BurstLength;
    }

    private static PaceResult Cold(int count, Action<int, int> call)
    {
        double[] samples = new double[count];
        // Touched before anything is counted: the array is made at its first use.
        Evictor.AsSpan().Clear();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < Evictor.Length; j += 64)
            {
                Evictor[j]++;
            }

            samples[i] = TimeOne(call, i);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return Result("cold", samples, allocated);
    }

    // They sleep for a millisecond between calls: more threads than cores cannot spin. The samples are those of the thread with the highest median.
    private static PaceResult Threads(string name, int threads, int count, Action<int, int> call)
    {
        double[][] samples = [.. Enumerable.Range(0, threads).Select(_ => new double[count])];
        using var start = new Barrier(threads);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        Thread[] all = [.. samples.Select((own, index) => new Thread(() =>
        {
            // A page's worth, as a thread that logs for long has written by then.
            for (int i = 0; i < 1500; i++)
            {
                call(i, index);
            }

            start.SignalAndWait();
            for (int i = 0; i < count; i++)
            {
                Thread.Sleep(1);
                own[i] = TimeOne(call, i, index);
            }
        }))];
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return new PaceResult(name, samples.MaxBy(own => Quantile.Median(own))!, allocated / (double)(threads * (count + 1500)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double TimeOne(Action<int, int> call, int i, int thread = 0)
    {
        long start = TickClock.Now();
        call(i, thread);
        return (TickClock.Now() - start) * NanosecondsPerTick;
    }

    private static PaceResult Result(string name, double[] samples, long allocated) => new(name, samples, allocated / (double)samples.Length);
}
