using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;

namespace FastTrainLog.Backend;

/// <summary>The readers of all threads that log, and the order between their records.</summary>
/// <param name="pipeline">The pipeline that they read.</param>
/// <param name="done">Takes the pages that were read to their ends.</param>
internal sealed class ThreadReaders(LogPipeline pipeline, List<Page> done)
{
    private readonly Dictionary<ThreadBuffer, ThreadReader> _readers = [];
    private readonly List<ThreadReader> _live = [];
    private readonly List<ThreadReader> _ready = [];

    /// <summary>Gets the readers of threads that are alive, or whose records are not all read.</summary>
    public ReadOnlySpan<ThreadReader> Live => CollectionsMarshal.AsSpan(_live);

    /// <summary>Gets whether there is a record to read, or a new thread.</summary>
    public bool HasNews => pipeline.Buffers.Length != _live.Count || _live.Exists(static reader => reader.TryPeek());

    /// <summary>Takes the pages that threads have filled, and the new threads.</summary>
    public void TakePages()
    {
        // Whether a thread is alive is checked before its records are read: all that it wrote before its end is then visible.
        foreach (ThreadReader reader in _live)
        {
            reader.ThreadHasEnded = !reader.Buffer.Thread.IsAlive;
        }

        foreach (ThreadBuffer buffer in pipeline.Buffers)
        {
            ReaderOf(buffer);
        }

        while (pipeline.TryTakeSealed(out Page? page))
        {
            // Its thread may have started, and filled the page, since the buffers were listed.
            ReaderOf(page.Owner!).Enqueue(page);
        }
    }

    /// <summary>Begins to order the records that are available now.</summary>
    public void BeginMerge()
    {
        _ready.Clear();
        foreach (ThreadReader reader in _live)
        {
            if (reader.TryPeek())
            {
                _ready.Add(reader);
            }
        }
    }

    /// <summary>Finds the thread whose next record is the oldest.</summary>
    /// <param name="until">The ticks beyond which no record is needed.</param>
    /// <param name="oldest">The thread.</param>
    /// <param name="second">The ticks up to which it stays the oldest, at most <paramref name="until"/>.</param>
    /// <returns>Whether any thread has a record.</returns>
    public bool TryFindOldest(long until, [NotNullWhen(true)] out ThreadReader? oldest, out long second)
    {
        second = until;
        if (_ready.Count == 0)
        {
            oldest = null;
            return false;
        }

        int first = 0;
        for (int i = 1; i < _ready.Count; i++)
        {
            if (_ready[i].Ticks < _ready[first].Ticks)
            {
                second = Math.Min(second, _ready[first].Ticks);
                first = i;
            }
            else
            {
                second = Math.Min(second, _ready[i].Ticks);
            }
        }

        oldest = _ready[first];
        return true;
    }

    /// <summary>Removes a thread that has no more records from the order, until the next <see cref="BeginMerge"/>.</summary>
    public void LeaveOut(ThreadReader reader) => _ready.Remove(reader);

    /// <summary>Forgets the threads that have ended and whose records are all read.</summary>
    public void RetireDead()
    {
        for (int i = _live.Count - 1; i >= 0; i--)
        {
            ThreadReader reader = _live[i];
            if (reader.ThreadHasEnded && !reader.TryPeek())
            {
                reader.Release();
                pipeline.Unregister(reader.Buffer);
                _readers.Remove(reader.Buffer);
                _live.RemoveAt(i);
            }
        }
    }

    /// <summary>Hands pages to the threads that will soon need some; or takes back, when pages are about to run out, what they were handed and the pages of those that sleep.</summary>
    /// <param name="most">The most threads whose own page is taken: each of these needs another one at its next call.</param>
    public void ShareOutPages(int most)
    {
        if (!pipeline.IsShortOfPages)
        {
            _live.ForEach(static reader => reader.HandPages());
            return;
        }

        _live.ForEach(static reader => reader.TakeHandedBack());
        int taken = 0;
        foreach (ThreadReader reader in _live)
        {
            if (taken < most && reader.TryTakeBack())
            {
                taken++;
            }
        }
    }

    /// <summary>Counts the records as dropped that were not read.</summary>
    public unsafe void DropUnread()
    {
        foreach (ThreadReader reader in _live)
        {
            for (; reader.TryPeek(); reader.Skip())
            {
                CallSite site = CallSite.FromId(RecordLayout.CallSiteId(reader.Word));
                if (site != ContextSite.Site)
                {
                    pipeline.Drop(RecordLayout.LoggerId(reader.Word), FormattedSite.LevelOf(site, reader.Record));
                }
            }
        }
    }

    private ThreadReader ReaderOf(ThreadBuffer buffer)
    {
        if (!_readers.TryGetValue(buffer, out ThreadReader? reader))
        {
            reader = new ThreadReader(buffer, pipeline.PageCapacity, done);
            _readers.Add(buffer, reader);
            _live.Add(reader);
        }

        return reader;
    }
}
