using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>The backend hands pages to a thread before it needs them: the thread goes on in them without a call to the pool, and what it does not need comes back.</summary>
public sealed class HandedPageTests
{
    private const int Pages = 64;
    private const int RecordsOfAPage = Page.MaxRecordSize / 24;

    private readonly LogPipeline _pipeline = new(new TrainLogOptions { BufferBytes = Pages * Page.Size }.PipelineSettings(), pages => new HeapPages(pages));
    private readonly List<Page> _done = [];
    private readonly TrainLogger _logger;
    private readonly ThreadReaders _readers;
    private long _logged;
    private long _read;

    public HandedPageTests()
    {
        _logger = _pipeline.CreateLogger("test", LogLevel.Trace);
        _readers = new ThreadReaders(_pipeline, _done);
    }

    [Fact]
    public void A_thread_goes_on_in_the_pages_that_it_was_handed_and_passes_none_through_the_channel()
    {
        LogFirstPages();
        int free = _pipeline.FreePages;
        Log(2 * RecordsOfAPage);
        Assert.Equal(0, _pipeline.SealedPages);
        Assert.Equal(free, _pipeline.FreePages);
        ReadAll();
        // More than it was handed.
        Log(7 * RecordsOfAPage);
        Assert.True(_pipeline.SealedPages > 0);
        ReadAll();
        ReadAll();
        Assert.Equal(0, _pipeline.Drops.Total);
    }

    [Fact]
    public void A_thread_is_handed_a_page_when_its_own_is_half_full()
    {
        List<Page> rented = Rent(() => _pipeline.PagesToHand == 0);
        Log(RecordsOfAPage + 1);
        ReadAll();
        rented.ForEach(_pipeline.Return);
        int free = _pipeline.FreePages;
        Log(RecordsOfAPage / 4);
        ReadAll();
        Assert.Equal(free, _pipeline.FreePages);
        Log(RecordsOfAPage / 2);
        ReadAll();
        ReadAll();
        Assert.Equal(free - 1, _pipeline.FreePages);
        Log(RecordsOfAPage / 2);
        Assert.Equal((0, free - 1), (_pipeline.SealedPages, _pipeline.FreePages));
        ReadAll();
    }

    [Fact]
    public void What_a_thread_was_handed_comes_back_when_pages_are_short()
    {
        LogFirstPages();
        List<Page> rented = Rent(() => _pipeline.IsShortOfPages);
        int free = _pipeline.FreePages;
        ReadAll();
        Assert.Equal(free + 2, _pipeline.FreePages);
        rented.ForEach(_pipeline.Return);
        Log(3 * RecordsOfAPage);
        ReadAll();
        Assert.Equal(0, _pipeline.Drops.Total);
    }

    [Fact]
    public void What_a_thread_was_handed_comes_back_when_it_has_ended()
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(LogFirstPages));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        ReadAll();
        Assert.Empty(_pipeline.Buffers);
        Assert.Equal(Pages, _pipeline.FreePages);
    }

    [Fact]
    public void A_record_that_is_larger_than_a_page_comes_after_those_that_a_thread_was_handed()
    {
        LogFirstPages();
        TestLog.Text(_logger, new string('x', Page.Size));
        _logged++;
        Log(RecordsOfAPage);
        ReadAll();
        ReadAll();
        Assert.Equal(_logged, _read);
    }

    // A page, and one record of the next: that is followed by two handed pages.
    private void LogFirstPages()
    {
        Log(RecordsOfAPage + 1);
        int used = Pages - _pipeline.FreePages;
        ReadAll();
        Assert.Equal(used - 1 + 2, Pages - _pipeline.FreePages);
    }

    private List<Page> Rent(Func<bool> isEnough)
    {
        var rented = new List<Page>();
        while (!isEnough())
        {
            Assert.True(_pipeline.TryRentPage(_logger.Id, LogLevel.Information, out Page? page));
            rented.Add(page);
        }

        return rented;
    }

    private void Log(int records)
    {
        for (int i = 0; i < records; i++)
        {
            TestLog.Number(_logger, (int)_logged++);
        }
    }

    // As the backend does in a cycle.
    private unsafe void ReadAll()
    {
        _readers.TakePages();
        _readers.BeginMerge();
        while (_readers.TryFindOldest(long.MaxValue, out ThreadReader? next, out _))
        {
            if (RecordLayout.Length(next.Word) == 24)
            {
                Assert.Equal(_read, *(int*)(next.Record + RecordLayout.HeaderBytes));
            }

            _read++;
            next.Skip();
            if (!next.TryPeek())
            {
                _readers.LeaveOut(next);
            }
        }

        _readers.RetireDead();
        _done.ForEach(_pipeline.Return);
        _done.Clear();
        _readers.ShareOutPages(most: Pages);
        Assert.Equal(_logged, _read);
    }
}
