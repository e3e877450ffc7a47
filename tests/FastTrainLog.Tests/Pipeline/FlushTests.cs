using System.Diagnostics;
using FastTrainLog.Frontend;
using FastTrainLog.Platform;
using FastTrainLog.Records;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

public sealed class FlushTests
{
    [Fact]
    public void A_record_is_in_the_file_within_the_flush_interval_without_a_flush()
    {
        using var directory = new TemporaryDirectory();
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory.Path, false));
        TestLog.Number(logging.GetLogger(LogCategories.Main), 42);
        Assert.True(Eventually.Is(() => Read(directory["main.log"]).Contains("number 42", StringComparison.Ordinal), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void An_error_is_written_at_once_however_long_the_flush_interval()
    {
        var sink = new CollectingSink();
        using TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMinutes(1));
        TrainLogger logger = logging.GetLogger("test");
        Assert.True(logging.Flush());
        TestLog.Number(logger, 1);
        TestLog.Error(logger, 2);
        Assert.True(Eventually.Is(() => logging.WrittenRecords == 2, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Flush_returns_when_all_that_was_logged_before_it_is_written()
    {
        var sink = new CollectingSink();
        await using TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMinutes(1));
        TrainLogger logger = logging.GetLogger("test");
        for (int round = 1; round <= 50; round++)
        {
            TestLog.Number(logger, round);
            await logging.FlushAsync(TestContext.Current.CancellationToken);
            Assert.Equal(round, logging.WrittenRecords);
        }
    }

    [Fact]
    public void Flush_gives_up_after_its_time_when_a_sink_hangs()
    {
        var sink = new CollectingSink();
        using TrainLogging logging = TestLog.Create(sink);
        sink.Gate.Reset();
        TestLog.Number(logging.GetLogger("test"), 1);
        var watch = Stopwatch.StartNew();
        Assert.False(logging.Flush(TimeSpan.FromMilliseconds(200)));
        Assert.InRange(watch.ElapsedMilliseconds, 150, 5000);
        sink.Gate.Set();
    }

    [Fact]
    public void Dispose_ends_within_the_shutdown_timeout_when_a_sink_hangs()
    {
        var sink = new CollectingSink();
        TrainLogging logging = TestLog.Create(sink, o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(300));
        sink.Gate.Reset();
        TestLog.Number(logging.GetLogger("test"), 1);
        var watch = Stopwatch.StartNew();
        logging.Dispose();
        Assert.InRange(watch.ElapsedMilliseconds, 200, 5000);
        sink.Gate.Set();
    }

    [Fact]
    public async Task Dispose_writes_what_is_on_its_way_and_later_calls_do_nothing()
    {
        var sink = new CollectingSink();
        TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMinutes(1));
        TrainLogger logger = logging.GetLogger("test");
        for (int i = 0; i < 10_000; i++)
        {
            TestLog.Number(logger, i);
        }

        await logging.DisposeAsync();
        TestLog.Number(logger, -1);
        TestLog.Number(logging.GetLogger("made after the end"), -1);
        await logging.DisposeAsync();
        Assert.Equal(10_000, sink.Items.Count);
        Assert.True(logging.Flush());
    }

    [Fact]
    public unsafe void Dispose_writes_a_record_whose_core_counts_ahead_of_the_backend_s()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMinutes(1)))
        {
            TrainLogger logger = logging.GetLogger("test");
            TestLog.Number(logger, 1);
            // After this the backend sleeps.
            Assert.True(logging.Flush());
            byte* record = ThreadSlot.OfThread()->Cursor;
            TestLog.Number(logger, 2);
            *(long*)(record + RecordLayout.TicksOffset) += (long)TickClock.Frequency;
        }

        Assert.Equal([1, 2], sink.Items.Select(item => item.Number));
    }

    private static string Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
