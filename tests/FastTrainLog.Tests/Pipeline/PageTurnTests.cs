using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastTrainLog.Frontend;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Threads that go on in pages that the backend hands them, and how little memory they have: each record is written once, as it was logged.</summary>
/// <remarks>Beside no other test: from the first activity of the process on, a thread begins its pages in another way.</remarks>
[CollectionDefinition(nameof(PageTurnTests), DisableParallelization = true)]
[Collection(nameof(PageTurnTests))]
public sealed class PageTurnTests
{
    private const int SmallestBuffer = 16 * Page.Size;
    private const int MostCharacters = 300;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly string Characters = string.Concat(Enumerable.Range(0, MostCharacters + 32).Select(i => (char)('a' + (i % 26))));

    [Fact]
    public async Task Threads_that_come_and_go_pool_threads_and_loops_that_await_log_to_two_logs_with_the_smallest_buffers()
    {
        const int Threads = 64;
        const int Generations = 4;
        const int Records = 600;
        const int Loops = 16;
        CheckingSink[] sinks = [new(), new()];
        TrainLogging[] logs = [.. sinks.Select(Create)];
        Task[] loops =
        [
            .. Enumerable.Range(0, Loops).Select(async loop =>
            {
                TrainLogger[] loggers = [.. logs.Select(log => log.GetLogger($"loop{loop}"))];
                for (int i = 0; i < Records; i++)
                {
                    Log(loggers[i % 2], i / 2);
                    if (i % 16 == 0)
                    {
                        await Task.Yield();
                    }

                    if (i % 128 == 0)
                    {
                        await Task.Delay(1, TestContext.Current.CancellationToken);
                    }
                }
            }),
        ];
        for (int generation = 0; generation < Generations; generation++)
        {
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
            {
                TrainLogger[] loggers = [.. logs.Select(log => log.GetLogger($"thread{(generation * Threads) + thread}"))];
                // Some end in their first page, some fill many at once, some sleep in between.
                int own = thread % 4 == 0 ? 8 : Records;
                for (int i = 0; i < own; i++)
                {
                    Log(loggers[thread % 3 == 0 ? 0 : i % 2], thread % 3 == 0 ? i : i / 2);
                    if (thread % 4 == 1 && i % 64 == 0)
                    {
                        Thread.Sleep(1);
                    }
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
        }

        await Task.WhenAll(loops);
        Assert.All(logs, log => Assert.True(log.Flush(Longest)));
        Assert.All(logs, log => Assert.Equal(0, log.DroppedRecords));
        Assert.All(logs, log => Assert.False(log.GetLogger("loop0").Pipeline.WatchesFlow));
        Array.ForEach(logs, log => log.Dispose());
        for (int log = 0; log < logs.Length; log++)
        {
            Assert.Empty(sinks[log].Damaged);
            for (int loop = 0; loop < Loops; loop++)
            {
                // Two threads of the pool may log within the time that two processors' clocks differ by.
                Assert.Equal(Enumerable.Range(0, Records / 2), sinks[log].Numbers($"loop{loop}").Order());
            }

            for (int thread = 0; thread < Threads * Generations; thread++)
            {
                int own = thread % Threads % 4 == 0 ? 8 : Records;
                int expected = thread % Threads % 3 != 0 ? own / 2 : log == 0 ? own : 0;
                Assert.Equal(Enumerable.Range(0, expected), sinks[log].Numbers($"thread{thread}"));
            }
        }
    }

    [Fact]
    public void What_is_called_before_Dispose_is_written_wherever_it_finds_threads_between_their_pages()
    {
        const int Threads = 4;
        var random = new Random(1);
        for (int round = 0; round < 40; round++)
        {
            var sink = new CheckingSink();
            TrainLogging logging = Create(sink);
            int[] returned = new int[Threads];
            bool stop = false;
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
            {
                TrainLogger logger = logging.GetLogger($"thread{t}");
                for (int i = 0; !Volatile.Read(ref stop); i++)
                {
                    Log(logger, i);
                    Volatile.Write(ref returned[t], i + 1);
                    if ((i & 31) == 31)
                    {
                        Thread.Yield();
                    }
                }
            }))];
            Array.ForEach(threads, static thread => thread.Start());
            int until = random.Next(1, 2000);
            SpinWait.SpinUntil(() => Volatile.Read(ref returned[0]) >= until);

            int[] before = [.. Enumerable.Range(0, Threads).Select(t => Volatile.Read(ref returned[t]))];
            logging.Dispose();
            Volatile.Write(ref stop, true);
            Array.ForEach(threads, static thread => thread.Join());

            Assert.Empty(sink.Damaged);
            int[][] written = [.. Enumerable.Range(0, Threads).Select(t => sink.Numbers($"thread{t}"))];
            for (int t = 0; t < Threads; t++)
            {
                Assert.InRange(written[t].Length, before[t], returned[t]);
                Assert.Equal(Enumerable.Range(0, written[t].Length), written[t]);
            }

            Assert.InRange(logging.DroppedRecords, 0, returned.Sum() - written.Sum(static numbers => numbers.Length));
        }
    }

    [Fact]
    public void An_activity_that_is_older_than_the_log_is_noticed_by_a_thread_that_is_handed_its_pages()
    {
        const int PerPage = Page.Size / MostCharacters;
        using Activity older = new Activity("older").Start();
        ExecutionContext within = ExecutionContext.Capture()!;
        Activity.Current = null;
        var sink = new CheckingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => (o.FlushInterval, o.BlockTimeout) = (TimeSpan.FromMilliseconds(1), Longest)))
        {
            TrainLogger logger = logging.GetLogger("test");
            int number = 0;
            void LogPages(int pages)
            {
                for (int i = 0; i < pages * PerPage && !logger.Pipeline.WatchesFlow; i++)
                {
                    Log(logger, number++);
                    if (i % (PerPage / 4) == 0)
                    {
                        // The backend hands the thread its next page.
                        Assert.True(logging.Flush(Longest));
                    }
                }
            }

            // A thread of a pool serves one flow after another, and no activity begins or ends meanwhile.
            LogPages(4);
            Assert.False(logger.Pipeline.WatchesFlow);
            ExecutionContext.Run(within, _ => LogPages(64), null);
            Assert.True(logger.Pipeline.WatchesFlow);
            ExecutionContext.Run(within, _ => Log(logger, number), null);
        }

        Assert.Equal(older.TraceId.ToHexString(), sink.LastTrace);
    }

    private static TrainLogging Create(CheckingSink sink) =>
        TestLog.Create(sink, o => (o.BufferBytes, o.FlushInterval, o.BlockTimeout) = (SmallestBuffer, TimeSpan.FromMilliseconds(1), Longest));

    private static void Log(TrainLogger logger, int number) => TestLog.Text(logger, TextOf(number), number);

    private static string TextOf(int number) => Characters.Substring(number & 15, MostCharacters / 2 + ((number * 7) & 127));

    /// <summary>Keeps the numbers of each category, and what is not as it was logged.</summary>
    private sealed class CheckingSink : ILogSink
    {
        private readonly Dictionary<string, List<int>> _numbers = [];

        public List<string> Damaged { get; } = [];

        public string? LastTrace { get; private set; }

        public int[] Numbers(string category) => _numbers.TryGetValue(category, out List<int>? numbers) ? [.. numbers] : [];

        public void Write(in LogRecord record)
        {
            if (record.Category == LogCategories.System)
            {
                return;
            }

            int number = record.GetArgument(1).TryGetDouble(out double after) ? (int)after : int.MinValue;
            string message = Encoding.UTF8.GetString(record.Message);
            if (message != string.Create(CultureInfo.InvariantCulture, $"text {TextOf(number)} end"))
            {
                Damaged.Add($"{record.Category} {number}: {message}");
            }

            (_numbers.TryGetValue(record.Category, out List<int>? numbers) ? numbers : _numbers[record.Category] = []).Add(number);
            string json = Encoding.UTF8.GetString(record.JsonLine);
            int trace = json.IndexOf("\"trace_id\":\"", StringComparison.Ordinal);
            LastTrace = trace < 0 ? null : json.Substring(trace + 12, 32);
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
