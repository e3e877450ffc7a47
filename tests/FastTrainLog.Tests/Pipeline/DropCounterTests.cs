using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using Xunit;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Many threads that all drop count each record, and do not wait for each other.</summary>
public sealed class DropCounterTests
{
    private const int Threads = 4;
    private const int Drops = 300_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Fact]
    public void Each_drop_is_counted_once_in_the_process_and_for_a_later_reader()
    {
        var store = new Store();
        LogPipeline pipeline = Create(store);
        // Two loggers of a category, as two runs have.
        int[] loggers = [pipeline.CreateLogger("a", LogLevel.Trace).Id, pipeline.CreateLogger("a", LogLevel.Trace).Id];
        using var begin = new Barrier(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            begin.SignalAndWait();
            for (int i = 0; i < Drops; i++)
            {
                pipeline.Drop(loggers[(thread + i) % 2], (i & 1) == 0 ? LogLevel.Debug : (LogLevel)42);
            }

            Assert.Equal(Drops, DropCounter.OfThisThread);
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(Threads * Drops, pipeline.Drops.Total);
        Assert.Equal([(LogLevel.Debug, Threads * Drops / 2L), (LogLevel.None, Threads * Drops / 2L)], pipeline.Drops.Counts.Select(count => (count.Level, count.Dropped)).Order());
        Assert.Equal([Threads * Drops / 2, Threads * Drops / 2], store.Counts.ToArray());
    }

    [Fact]
    public void A_call_does_not_wait_for_the_first_drop_of_another_category()
    {
        var store = new Store();
        LogPipeline pipeline = Create(store);
        TrainLogger known = pipeline.CreateLogger("known", LogLevel.Trace);
        TrainLogger slow = pipeline.CreateLogger(Store.Slow, LogLevel.Trace);
        pipeline.Drop(known.Id, LogLevel.Information);
        var first = new Thread(() => pipeline.Drop(slow.Id, LogLevel.Information)) { IsBackground = true };
        first.Start();
        Assert.True(store.IsAsked.Wait(Longest, TestContext.Current.CancellationToken));
        var other = new Thread(() => pipeline.Drop(known.Id, LogLevel.Information)) { IsBackground = true };
        other.Start();
        Assert.True(other.Join(Longest));
        store.MayAnswer.Set();
        first.Join();
        Assert.Equal(3, pipeline.Drops.Total);
    }

    [Fact]
    public void What_is_taken_for_a_report_that_is_dropped_is_taken_again()
    {
        LogPipeline pipeline = Create(new Store());
        TrainLogger logger = pipeline.CreateLogger("a", LogLevel.Trace);
        pipeline.Drop(logger.Id, LogLevel.Error);
        DropCount count = Assert.Single(pipeline.Drops.Counts);
        Assert.Equal(1, count.Take());
        Assert.Equal(0, count.Take());
        pipeline.Drop(logger.Id, LogLevel.Error);
        count.Return(1);
        Assert.Equal(2, count.Take());
    }

    private static LogPipeline Create(PageStore store) => new(new TrainLogOptions().PipelineSettings(), _ => store);

    /// <summary>Keeps the counts, and answers for one category when it is told to.</summary>
    private sealed unsafe class Store : PageStore
    {
        public const string Slow = "slow";

        private readonly long* _counts = (long*)NativeMemory.AllocZeroed(16 * sizeof(long));
        private int _used;

        public ManualResetEventSlim IsAsked { get; } = new();

        public ManualResetEventSlim MayAnswer { get; } = new();

        public ReadOnlySpan<long> Counts => new(_counts, _used);

        public override byte* Pages => null;

        public override bool OutlivesProcess => false;

        public override void AddCallSite(CallSite site)
        {
        }

        public override void AddLogger(int id, string category, RunContext? run)
        {
        }

        public override void AddRun(RunContext run)
        {
        }

        public override void AddRunEnd(RunContext run)
        {
        }

        public override long* DropCountAt(int logger, string category, LogLevel level)
        {
            if (category == Slow)
            {
                IsAsked.Set();
                MayAnswer.Wait();
            }

            return _counts + _used++;
        }

        public override void End(bool isWritten)
        {
        }

        public override void Free()
        {
        }
    }
}
