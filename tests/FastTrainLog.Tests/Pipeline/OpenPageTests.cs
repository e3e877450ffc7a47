using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>The open page of a thread is never one that the backend may have given to another thread: that one's records would be read twice.</summary>
public sealed class OpenPageTests
{
    private const int Pages = 16;

    [Fact]
    public void A_page_that_comes_to_the_backend_is_not_open_any_more()
    {
        const int PagesToFill = 10_000;
        LogPipeline pipeline = Create();
        TrainLogger logger = pipeline.CreateLogger("test", LogLevel.Trace);
        // Small records, so that the reader waits for pages and takes each at once.
        const int RecordsOfAPage = Page.MaxRecordSize / 24;
        var thread = new Thread(() =>
        {
            for (int i = 0; i < PagesToFill * RecordsOfAPage; i++)
            {
                TestLog.Number(logger, i);
            }
        })
        { IsBackground = true };
        thread.Start();
        int stillOpen = 0;
        for (int filled = 0; filled < PagesToFill - 1;)
        {
            if (pipeline.TryTakeSealed(out Page? page))
            {
                stillOpen += page == page.Owner!.OpenPage ? 1 : 0;
                filled++;
                pipeline.Return(page);
            }
        }

        thread.Join();
        Assert.Equal(0, pipeline.Drops.Total);
        Assert.Equal(0, stillOpen);
    }

    [Fact]
    public unsafe void A_page_that_the_backend_took_is_not_open_and_the_next_record_opens_another()
    {
        LogPipeline pipeline = Create();
        TrainLogger logger = pipeline.CreateLogger("test", LogLevel.Trace);
        using var logged = new ManualResetEventSlim();
        using var awake = new ManualResetEvent(false);
        var thread = new Thread(() =>
        {
            TestLog.Number(logger, 1);
            logged.Set();
            awake.WaitOne();
            TestLog.Number(logger, 2);
        })
        { IsBackground = true };
        thread.Start();
        logged.Wait(TestContext.Current.CancellationToken);
        ThreadBuffer buffer = Assert.Single(pipeline.Buffers);
        Page page = buffer.OpenPage!;
        byte* end = page.First + RecordLayout.Length(*(ulong*)page.First);
        Assert.True(SpinWait.SpinUntil(() => buffer.TryTakeBack(page, end), TimeSpan.FromMinutes(2)));
        Assert.Null(buffer.OpenPage);
        // Another thread's by now.
        page.Open(buffer, page.Sequence + 1);
        Assert.Null(buffer.OpenPage);
        awake.Set();
        thread.Join();
        Assert.NotNull(buffer.OpenPage);
        Assert.NotSame(page, buffer.OpenPage);
    }

    private static LogPipeline Create() =>
        new(new TrainLogOptions { BufferBytes = Pages * Page.Size, BlockTimeout = TimeSpan.FromMinutes(5) }.PipelineSettings(), pages => new HeapPages(pages));
}
