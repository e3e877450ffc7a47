using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using Xunit;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Schedules.Tests;

/// <summary>Threads that log to a pipeline with few pages, and the thread that reads it: every record is read once, in its thread's order, as it was written.</summary>
internal sealed class HandOver
{
    /// <summary>The characters of a record that leaves no space for another in its page.</summary>
    public const int WholePage = 32_600;

    /// <summary>The characters of a record after which the thread will soon need another page.</summary>
    public const int MostOfPage = 20_000;

    /// <summary>The characters of a record that takes two pages, or is cut to one.</summary>
    public const int TwoPages = 40_000;

    // Of a text that may be cut.
    private const int Compared = 20_000;

    private const int Factor = 1000;
    private const int MostInCycle = 2;

    private static readonly CallSite Site = new(
        LogLevel.Information, 1, "Number", "number {Number} {Text}", new CallSiteArgument("Number", ArgumentKind.Int64), new CallSiteArgument("Text", ArgumentKind.String));

    private static readonly string[] Texts = [.. Enumerable.Range(0, 8).Select(thread => new string((char)('a' + thread), TwoPages))];

    private readonly LogPipeline _pipeline;
    private readonly TrainLogger _logger;
    private readonly List<Page> _done = [];
    private readonly ThreadReaders _readers;
    private readonly int[] _written = new int[8];
    private readonly int[] _read = new int[8];
    private int _writing;

    public HandOver(int pages, int writers)
    {
        var options = new TrainLogOptions { BlockTimeout = TimeSpan.FromHours(1) };
        _pipeline = new LogPipeline(options.PipelineSettings() with { Pages = pages }, pages => new HeapPages(pages));
        _logger = _pipeline.CreateLogger("test", LogLevel.Trace);
        _readers = new ThreadReaders(_pipeline, _done);
        _writing = writers;
    }

    /// <summary>Logs what a thread logs next.</summary>
    public void Log(int thread, int characters = 1)
    {
        ReadOnlySpan<char> text = Texts[thread].AsSpan(0, characters);
        RecordWriter record = _logger.Begin(Site.HeaderBits, LogLevel.Information, sizeof(long) + RecordWriter.SizeOf(text));
        record.Write((long)((thread * Factor) + _written[thread]++));
        record.Write(text);
        record.Commit(LogLevel.Information);
    }

    /// <summary>A thread logs nothing more.</summary>
    public void EndWriting() => _writing--;

    /// <summary>Reads until all threads have ended and all is read.</summary>
    public void ReadAll()
    {
        _pipeline.BackendThread = Thread.CurrentThread;
        // Until their threads are retired, and their pages free.
        while (_writing > 0 || _pipeline.Buffers.Length > 0)
        {
            ReadOnce();
            Schedule.Sleep();
        }
    }

    public void Check(int pages)
    {
        Assert.Equal(_written, _read);
        Assert.Equal(0, _pipeline.Drops.Total);
        LogPipeline.MayNotWait = true;
        _pipeline.BackendThread = null;
        var free = new List<Page>();
        while (_pipeline.TryRentPage(_logger.Id, LogLevel.Information, out Page? page))
        {
            free.Add(page);
        }

        Assert.Equal(Enumerable.Range(0, pages), free.Select(page => page.Index).Order());
        _pipeline.Close();
    }

    // As the backend does in a cycle.
    private void ReadOnce()
    {
        _readers.TakePages();
        _readers.BeginMerge();
        // It may end a cycle with records left.
        for (int i = 0; i < MostInCycle && _readers.TryFindOldest(long.MaxValue, out ThreadReader? next, out _); i++)
        {
            Read(next);
            next.Skip();
            if (!next.TryPeek())
            {
                _readers.LeaveOut(next);
            }
        }

        _readers.RetireDead();
        _readers.ShareOutPages(most: 16);
        _done.ForEach(_pipeline.Return);
        _done.Clear();
    }

    private unsafe void Read(ThreadReader reader)
    {
        byte* arguments = reader.Record + RecordLayout.HeaderBytes;
        long number = *(long*)arguments;
        int thread = (int)(number / Factor);
        if (number < 0 || thread >= _read.Length || number % Factor != _read[thread])
        {
            throw new InvalidOperationException(
                $"Record {number % Factor} of thread {thread} was read, of which {(thread < _read.Length ? _read[thread] : 0)} were read before.");
        }

        _read[thread]++;
        int characters = *(int*)(arguments + sizeof(long));
        var text = new ReadOnlySpan<char>(arguments + sizeof(long) + sizeof(int), Math.Clamp(characters, 0, Compared));
        if (characters < 1 || text.ContainsAnyExcept((char)('a' + thread)))
        {
            throw new InvalidOperationException($"Record {number % Factor} of thread {thread} is damaged.");
        }
    }

}
