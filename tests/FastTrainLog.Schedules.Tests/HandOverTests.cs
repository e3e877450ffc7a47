using Xunit;

namespace FastTrainLog.Schedules.Tests;

/// <summary>The hand-over of pages between threads and the backend, in all orders with one change of the thread and in many with more.</summary>
/// <remarks>
/// <c>dotnet run --project tests/FastTrainLog.Schedules.Tests -- -explicit only -class "*HandOverTests" -showliveoutput</c> tries 200,000 orders with two to five changes in each scenario.
/// </remarks>
[Collection(Execution.Collection)]
public sealed class HandOverTests
{
    private const int Sampled = 300;
    private const int SampledLong = 200_000;

    // In which threads of the system start and end, and what they leave is collected: a thousand times as slow.
    private const string WithEnds = "threads of which others get the slots and the stacks";
    private const int SampledWithEnds = 40;
    private const int SampledWithEndsLong = 5_000;

    // How many executions are made from another.
    private const int OfOne = 8;

    /// <summary>What threads do, by the number of pages that they share.</summary>
    private static readonly Dictionary<string, (int Pages, Action<HandOver, int>[] Threads)> Scenarios = new()
    {
        ["threads that sleep, more than pages"] = (2, [LogAndSleep, LogAndSleep, LogAndSleep]),
        ["pages that are full"] = (3, [FillPages, FillPages]),
        ["full pages and sleep"] = (2, [FillAndSleep, LogAndSleep, FillAndSleep]),
        ["threads that end"] = (2, [LogOnce, LogOnce, LogOnce, FillPages]),
        ["records larger than a page"] = (3, [LogLarge, LogLarge, LogAndSleep]),
        ["one page for all"] = (1, [LogAndSleep, FillPages]),
        ["pages that are handed"] = (8, [FillMany, FillMany]),
        ["pages that are handed and taken back"] = (4, [FillMany, FillAndSleep]),
        ["records larger than the page that is handed"] = (8, [FillManyAndLarge, LogAndSleep]),
        ["a page that is handed, and wanted back when others run short"] = (5, [FillMost, SleepAndLog, SleepAndLog, SleepAndLog]),
        [WithEnds] = (3, [FillPages, LogOnce, AwaitEndsAndLog, FillPages, CollectAndFill]),
    };

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_record_is_read_once_wherever_the_thread_changes_once_and_in_samples_of_more(string name)
    {
        int steps = Explore(name, Plan.Straight());
        IEnumerable<Plan> changedOnce = Plan.WithOneChange(steps, Scenarios[name].Threads.Length + 1);
        Explore(name, name == WithEnds ? changedOnce.Where((_, i) => i % 20 == 0) : changedOnce);
        Explore(name, Sample(name, steps, name == WithEnds ? SampledWithEnds : Sampled));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Names))]
    public void Every_record_is_read_once_in_many_orders_with_several_changes(string name)
    {
        int steps = Explore(name, Plan.Straight());
        int sampled = name == WithEnds ? SampledWithEndsLong : SampledLong;
        int most = Explore(name, Sample(name, steps, sampled));
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {sampled} executions of up to {most} points");
    }

    private static IEnumerable<Plan> Sample(string name, int steps, int count) => Enumerable.Range(0, count).Select(seed => new Random(seed)).Select(random => Plan.Random(random, random.Next(2, 6), steps, Scenarios[name].Threads.Length + 1));

    // Gives the most points that an execution passed.
    private static int Explore(string name, IEnumerable<Plan> plans) => plans.Max(plan => Run(name, plan).Steps);

    /// <summary>Explores a scenario with stores that reach the memory late: from each execution others, with a change at the points that it shows to matter.</summary>
    internal static void ExploreLate(string name, int count, int countWithEnds)
    {
        int threads = Scenarios[name].Threads.Length + 1;
        int steps = Explore(name, Plan.Straight());
        for (int i = 0; i < (name == WithEnds ? countWithEnds : count); i += OfOne)
        {
            var random = new Random(i);
            Plan plan = Plan.Random(random, random.Next(3), steps, threads).WithLateStores();
            Passed passed = Run(name, plan);
            for (int j = 0; j < OfOne; j++)
            {
                Run(name, plan.WithLateStores(random, passed, threads));
            }
        }
    }

    private static Passed Run(string name, Plan plan)
    {
        (int pages, Action<HandOver, int>[] threads) = Scenarios[name];
        var handOver = new HandOver(pages, threads.Length);
        IEnumerable<Action> writers = threads.Select((log, thread) => (Action)(() =>
        {
            log(handOver, thread);
            handOver.EndWriting();
        }));
        Passed passed = Execution.Run(plan, name == WithEnds, [.. writers, handOver.ReadAll]);
        handOver.Check(pages);
        return passed;
    }

    private static void LogOnce(HandOver pipeline, int thread) => pipeline.Log(thread);

    private static void LogAndSleep(HandOver pipeline, int thread)
    {
        for (int i = 0; i < 3; i++)
        {
            pipeline.Log(thread);
            Schedule.Sleep();
        }

        pipeline.Log(thread);
    }

    private static void FillPages(HandOver pipeline, int thread)
    {
        for (int i = 0; i < 3; i++)
        {
            pipeline.Log(thread, HandOver.WholePage);
        }

        pipeline.Log(thread);
    }

    // The system gives the stack of a thread that has ended to the next that starts.
    private static void AwaitEndsAndLog(HandOver pipeline, int thread)
    {
        pipeline.Log(thread);
        Schedule.AwaitEnds();
        pipeline.Log(thread);
    }

    // With the slot of a thread that has ended by then.
    private static void CollectAndFill(HandOver pipeline, int thread)
    {
        Schedule.Sleep();
        Schedule.CollectEnded();
        FillPages(pipeline, thread);
    }

    // Sleeps in its second page, so that a reader may hand it the ones that it fills next.
    private static void FillMany(HandOver pipeline, int thread)
    {
        for (int i = 0; i < 4; i++)
        {
            pipeline.Log(thread, HandOver.WholePage);
            if (i == 1)
            {
                Schedule.Sleep();
            }
        }

        pipeline.Log(thread);
    }

    // Is handed a page while it sleeps in its second one, of which it has filled more than half.
    private static void FillMost(HandOver pipeline, int thread)
    {
        pipeline.Log(thread, HandOver.WholePage);
        pipeline.Log(thread, HandOver.MostOfPage);
        Schedule.Sleep();
        Schedule.Sleep();
        Schedule.Sleep();
        pipeline.Log(thread, HandOver.WholePage);
        pipeline.Log(thread);
    }

    private static void SleepAndLog(HandOver pipeline, int thread)
    {
        Schedule.Sleep();
        LogAndSleep(pipeline, thread);
    }

    private static void FillManyAndLarge(HandOver pipeline, int thread)
    {
        pipeline.Log(thread, HandOver.WholePage);
        pipeline.Log(thread, HandOver.WholePage);
        Schedule.Sleep();
        pipeline.Log(thread, HandOver.TwoPages);
        pipeline.Log(thread);
    }

    private static void LogLarge(HandOver pipeline, int thread)
    {
        pipeline.Log(thread);
        Schedule.Sleep();
        pipeline.Log(thread, HandOver.TwoPages);
        Schedule.Sleep();
        pipeline.Log(thread);
    }

    private static void FillAndSleep(HandOver pipeline, int thread)
    {
        pipeline.Log(thread);
        pipeline.Log(thread, HandOver.WholePage);
        Schedule.Sleep();
        pipeline.Log(thread);
        pipeline.Log(thread);
    }
}
