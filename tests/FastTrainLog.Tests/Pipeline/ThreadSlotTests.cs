using FastTrainLog.Frontend;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>A thread is told by its stack, and only as long as it lives.</summary>
public sealed unsafe class ThreadSlotTests
{
    [Fact]
    public void A_slot_is_told_by_any_local_of_its_thread_and_by_none_of_another()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Stacks are looked up on Linux alone; elsewhere thread-local storage is asked.");
        ThreadSlot* mine = ThreadSlot.OfThread();
        byte near;
        Assert.True(mine->IsOfThreadWith(&near));
        Assert.True(TellFromDeepIn(mine, 200));
        Assert.True(mine == ThreadSlot.OfThread());

        bool own = false, others = true;
        var thread = new Thread(() =>
        {
            byte local;
            own = ThreadSlot.OfThread()->IsOfThreadWith(&local);
            others = mine->IsOfThreadWith(&local);
        });
        thread.Start();
        thread.Join();
        Assert.True(own);
        Assert.False(others);
        Assert.False(ThreadSlot.Nobody->IsOfThreadWith(&near));
    }

    [Fact]
    public void A_slot_is_nobody_s_once_its_thread_has_ended()
    {
        nint slot = 0, stack = 0;
        bool lived = false;
        var thread = new Thread(() =>
        {
            byte local;
            (slot, stack) = ((nint)ThreadSlot.OfThread(), (nint)(&local));
            lived = ((ThreadSlot*)slot)->IsOfThreadWith(&local);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(OperatingSystem.IsLinux(), lived);
        // The runtime lets a join return before the thread has left the C library, but that gives its stack to no other thread before.
        Assert.True(SpinWait.SpinUntil(() => !((ThreadSlot*)slot)->IsOfThreadWith((void*)stack), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Threads_that_follow_each_other_on_one_stack_are_told_apart()
    {
        const int Threads = 300;
        const int Each = 3;
        var sink = new CollectingSink();
        var stacks = new HashSet<nint>();
        var expected = new List<(int Thread, long Number)>();
        using (TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMilliseconds(1)))
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int t = 0; t < Threads; t++)
            {
                var thread = new Thread(() =>
                {
                    byte local;
                    stacks.Add((nint)(&local));
                    for (int i = 0; i < Each; i++)
                    {
                        long number = expected.Count;
                        expected.Add((Environment.CurrentManagedThreadId, number));
                        TestLog.Number(logger, number);
                    }
                });
                thread.Start();
                thread.Join();
            }
        }

        // Otherwise the test shows nothing.
        Assert.True(stacks.Count < Threads / 2, $"{stacks.Count} stacks for {Threads} threads");
        Assert.Equal(expected, sink.Items.Select(item => (item.ThreadId, item.Number)).OrderBy(item => item.Number));
    }

    [Fact]
    public void A_thread_that_two_logs_take_turns_on_writes_to_each_its_own()
    {
        var sinks = new[] { new CollectingSink(), new CollectingSink() };
        using (TrainLogging first = TestLog.Create(sinks[0], _ => { }), second = TestLog.Create(sinks[1], _ => { }))
        {
            TrainLogger[] loggers = [first.GetLogger("test"), second.GetLogger("test")];
            for (int i = 0; i < 2000; i++)
            {
                TestLog.Number(loggers[i / 3 % 2], i);
            }
        }

        for (int log = 0; log < 2; log++)
        {
            Assert.Equal(Enumerable.Range(0, 2000).Where(i => i / 3 % 2 == log).Select(i => (long)i), sinks[log].Items.Select(item => item.Number));
        }
    }

    private static bool TellFromDeepIn(ThreadSlot* slot, int depth)
    {
        byte* room = stackalloc byte[1000];
        return depth == 0 ? slot->IsOfThreadWith(room) : TellFromDeepIn(slot, depth - 1);
    }
}
