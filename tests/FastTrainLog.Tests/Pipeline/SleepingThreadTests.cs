using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Threads that logged once and sleep, and threads that live for one call: neither keeps a page from the others.</summary>
public sealed class SleepingThreadTests
{
    private const int Pages = 16;

    [Fact]
    public void More_threads_than_pages_log_and_sleep_and_none_waits_for_a_page_in_vain()
    {
        const int Threads = 5 * Pages;
        var sink = new CollectingSink();
        using var held = new ManualResetEventSlim();
        using var again = new ManualResetEventSlim();
        using (TrainLogging logging = Create(sink, TimeSpan.FromSeconds(20)))
        {
            TrainLogger logger = logging.GetLogger("test");
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
            {
                TestLog.Number(logger, i);
                held.Wait();
                TestLog.Number(logger, Threads + i);
                again.Wait();
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Assert.True(Eventually.Is(() => logging.Flush() && sink.Items.Count(item => item.Category == "test") == Threads, TimeSpan.FromMinutes(2)));
            held.Set();
            Assert.True(Eventually.Is(() => logging.Flush() && sink.Items.Count(item => item.Category == "test") == 2 * Threads, TimeSpan.FromMinutes(2)));
            again.Set();
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(0, logging.DroppedRecords);
        }

        Assert.Equal(Enumerable.Range(0, 2 * Threads).Select(i => (long)i), sink.Items.Where(item => item.Category == "test").Select(item => item.Number).Order());
    }

    [Fact]
    public void Threads_that_live_for_one_call_wait_for_no_page_when_all_is_written()
    {
        var sink = new CollectingSink();
        using TrainLogging logging = Create(sink, TimeSpan.FromSeconds(2));
        TrainLogger logger = logging.GetLogger("test");
        for (int i = 0; i < 4 * Pages; i++)
        {
            var thread = new Thread(() => TestLog.Number(logger, i));
            thread.Start();
            thread.Join();
        }

        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, logging.DroppedRecords);
        Assert.Equal(4 * Pages, sink.Items.Count(item => item.Category == "test"));
    }

    [Fact]
    public void Threads_whose_pages_are_taken_while_they_sleep_lose_no_record_and_no_order()
    {
        const int Threads = 3 * Pages;
        const int Records = 300;
        var sink = new CollectingSink();
        using (TrainLogging logging = Create(sink, TimeSpan.FromMinutes(5)))
        {
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
            {
                TrainLogger logger = logging.GetLogger($"thread{t}");
                var random = new Random(t);
                for (int i = 0; i < Records; i++)
                {
                    TestLog.Number(logger, i);
                    if (random.Next(8) == 0)
                    {
                        Thread.Sleep(random.Next(3));
                    }
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(0, logging.DroppedRecords);
        }

        for (int t = 0; t < Threads; t++)
        {
            Assert.Equal(Enumerable.Range(0, Records).Select(i => (long)i), sink.Items.Where(item => item.Category == $"thread{t}").Select(item => item.Number));
        }
    }

    [Fact]
    public void A_scope_of_a_thread_whose_page_was_taken_still_holds_for_its_next_record()
    {
        var sink = new CollectingSink();
        using var held = new ManualResetEventSlim();
        using (TrainLogging logging = Create(sink, TimeSpan.FromMinutes(5)))
        {
            TrainLogger logger = logging.GetLogger("test");
            var thread = new Thread(() =>
            {
                using (logger.BeginScope(new Dictionary<string, object?> { ["Request"] = 42 }))
                {
                    TestLog.Number(logger, 1);
                    held.Wait();
                    TestLog.Number(logger, 2);
                }
            });
            thread.Start();
            for (int i = 0; i < 3 * Pages; i++)
            {
                // Each keeps a page until it is taken from it.
                var other = new Thread(() =>
                {
                    TestLog.Number(logging.GetLogger("other"), i);
                    held.Wait();
                });
                other.Start();
            }

            Assert.True(Eventually.Is(() => logging.Flush() && sink.Items.Count(item => item.Category == "other") == 3 * Pages, TimeSpan.FromMinutes(2)));
            held.Set();
            thread.Join();
        }

        Assert.All(sink.Items.Where(item => item.Category == "test"), item => Assert.Contains("\"Request\":42", item.Json, StringComparison.Ordinal));
        Assert.Equal(2, sink.Items.Count(item => item.Category == "test"));
    }

    private static TrainLogging Create(CollectingSink sink, TimeSpan blockTimeout) =>
        TestLog.Create(sink, o => (o.BufferBytes, o.BlockTimeout, o.ShutdownTimeout) = (Pages * 65536, blockTimeout, TimeSpan.FromMinutes(1)));
}
