using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Calls that other threads are in the middle of while a log is closed.</summary>
public sealed class LateCallTests
{
    [Fact]
    public void What_is_called_before_Dispose_is_written_and_what_is_called_meanwhile_is_written_in_order_or_counted()
    {
        const int Threads = 4;
        var random = new Random(1);
        for (int round = 0; round < 20; round++)
        {
            var sink = new CollectingSink();
            TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMilliseconds(5));
            TrainLogger logger = logging.GetLogger("test");
            long[] returned = new long[Threads];
            bool stop = false;
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
            {
                for (int i = 0; !Volatile.Read(ref stop); i++)
                {
                    TestLog.Number(logger, (t * 100_000_000L) + i);
                    Volatile.Write(ref returned[t], i + 1);
                    if ((i & 127) == 127)
                    {
                        Thread.Yield();
                    }
                }
            }))];
            Array.ForEach(threads, static thread => thread.Start());
            int until = random.Next(1, 3000);
            SpinWait.SpinUntil(() => Volatile.Read(ref returned[0]) >= until);

            long[] before = [.. Enumerable.Range(0, Threads).Select(t => Volatile.Read(ref returned[t]))];
            logging.Dispose();
            Volatile.Write(ref stop, true);
            Array.ForEach(threads, static thread => thread.Join());

            // A call that was refused a page is dropped, and the log's own report of it has a number too.
            int[] written = [.. sink.Items.Where(static item => item.Category == "test").Select(static item => (int)item.Number)];
            for (int t = 0; t < Threads; t++)
            {
                int[] own = [.. written.Where(number => number / 100_000_000 == t).Select(static number => number % 100_000_000)];
                Assert.InRange(own.Length, before[t], returned[t]);
                Assert.Equal(Enumerable.Range(0, own.Length), own);
            }

            Assert.InRange(logging.DroppedRecords, 0, returned.Sum() - written.Length);
        }
    }
}
