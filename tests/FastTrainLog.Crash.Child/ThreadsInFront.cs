using System.Diagnostics;
using FastTrainLog.Frontend;

namespace FastTrainLog.Crash.Child;

/// <summary>Has threads take the place in front, of which a process has one, so that it needs a process of its own.</summary>
internal static unsafe class ThreadsInFront
{
    private const int SomePages = 5000;
    private const int Heirs = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Says whether threads are in front: the first that fills pages, at first from within a call that reads a scope; a second that does while the first lives; any that begins, on the
    /// same stack perhaps, where the first has ended; and the second, which goes on.
    /// </summary>
    public static void Report(TrainLogger logger)
    {
        bool first = false;
        using var filled = new ManualResetEventSlim();
        using var seen = new ManualResetEventSlim();
        var holder = new Thread(() =>
        {
            using (logger.BeginScope(new Scope(() => FillPages(logger))))
            {
                first = FillPages(logger);
            }

            filled.Set();
            seen.Wait();
        });
        holder.Start();
        filled.Wait();
        bool second = FillPages(logger);
        seen.Set();
        holder.Join();
        bool heir = false;
        for (int i = 0; i < Heirs; i++)
        {
            var thread = new Thread(() => heir |= IsInFront());
            thread.Start();
            thread.Join();
        }

        var waited = Stopwatch.StartNew();
        bool third;
        do
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            third = FillPages(logger);
        }
        while (!third && waited.Elapsed < Longest);
        Console.WriteLine($"{first} {second} {heir} {third}");
    }

    private static bool FillPages(TrainLogger logger)
    {
        for (int i = 0; i < SomePages; i++)
        {
            ChildMessages.Numbered(logger, 0, Environment.CurrentManagedThreadId, i, string.Empty, 0);
        }

        return IsInFront();
    }

    private static bool IsInFront()
    {
        byte local;
        return ThreadSlot.Front->IsOfThreadWith(&local);
    }

    /// <summary>A scope whose own code logs.</summary>
    private sealed class Scope(Action log)
    {
        public override string ToString()
        {
            log();
            return "scope";
        }
    }
}
