using System.Runtime.CompilerServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;

namespace FastTrainLog.Backend;

/// <summary>The backend's position in one thread buffer: reads its pages in order, sealed and open ones alike.</summary>
internal sealed unsafe class ThreadReader(ThreadBuffer buffer, int pageCapacity, List<Page> done)
{
    // The page after its first one, and after one in so many, a thread takes itself: only then it looks whether it can come to the front, and for an
    // activity that is older than the log.
    private const int PagesPerLook = 64;

    private readonly Queue<Page> _sealed = new();
    private Page? _page;
    private Page? _next;
    private int _turns;
    private byte* _position;
    private long _nextSequence;
    private long _lastUtc;
    private byte[] _context = [];

    public ThreadBuffer Buffer { get; } = buffer;

    /// <summary>Gets the first word of the record that is next, after <see cref="TryPeek"/> found one.</summary>
    public ulong Word { get; private set; }

    /// <summary>Gets the ticks of the record that is next.</summary>
    public long Ticks { get; private set; }

    public byte* Record => _position;

    /// <summary>Gets the record, if any, that holds the activity and scopes of those after it in the page.</summary>
    public byte* Context { get; private set; }

    /// <summary>Notes that the record that is next is such a record, and masks what must not be seen of it.</summary>
    public void TakeContext(RecordScrubber? scrubber) => Context = scrubber is null ? _position : scrubber.Scrub(ContextSite.Site, _position, ref _context);

    /// <summary>Gets or sets whether the thread had ended before the current cycle began to read.</summary>
    public bool ThreadHasEnded { get; set; }

    /// <summary>Returns a time that is not before the thread's last one: ticks of another core may be older than those that were converted before.</summary>
    public long KeepOrder(long utcTicks)
    {
        // A larger difference is a step of the system's clock, which must remain visible.
        bool isSkew = utcTicks < _lastUtc && _lastUtc - utcTicks < TimeSpan.TicksPerSecond;
        return _lastUtc = isSkew ? _lastUtc : utcTicks;
    }

    /// <summary>Gets the page that is being read, or null.</summary>
    public Page? Page => _page;

    /// <summary>Gets how far the page is read, in bytes from its first record.</summary>
    public uint Consumed => (uint)(_position - _page!.First);

    public void Enqueue(Page page)
    {
        // Allocated at its full size, so that many pages never make the backend allocate.
        _sealed.EnsureCapacity(pageCapacity);
        _sealed.Enqueue(page);
    }

    /// <summary>Peeks at the next committed record.</summary>
    public bool TryPeek()
    {
        while (true)
        {
            if (_page is null && !TryTurn())
            {
                return false;
            }

            ulong word = Volatile.Read(ref Unsafe.AsRef<ulong>(_position));
            if (word is 0 or RecordLayout.EndOfPage)
            {
                // A page from the channel, and one before it, has no word that is still to be stored: where there is none, the journal was truncated,
                // and zeros are in the place of what was in it. A page that another was handed for does not come through the channel; any other is sealed in memory
                // a moment before it does.
                if (_sealed.TryPeek(out Page? full) && full == _page)
                {
                    _sealed.Dequeue();
                    ReturnHanded();
                }
                else if (_page!.Next is null || (word == 0 && full is null))
                {
                    return false;
                }

                Leave();
                continue;
            }

            Word = word;
            Ticks = *(long*)(_position + RecordLayout.TicksOffset);
            return true;
        }
    }

    public void Skip() => _position += RecordLayout.Length(Word);

    /// <summary>Gives back the page of a thread that has ended, once all of it is read.</summary>
    public void Release()
    {
        Buffer.Abandon();
        if (_page is not null)
        {
            ReturnHanded();
            Leave();
        }
    }

    /// <summary>Hands pages to a thread that fills them fast enough to need another soon, or many.</summary>
    public void HandPages()
    {
        int turns = _turns;
        _turns = 0;
        if (_page is null || !Buffer.Pipeline.CanBeHanded(_page))
        {
            return;
        }

        Page last = _page;
        int wanted = Math.Min(Math.Max(2 * turns, Consumed > Page.Size / 2 ? 1 : 0), Buffer.Pipeline.PagesToHand);
        for (; last.Next is not null; last = last.Next)
        {
            wanted--;
        }

        for (; wanted > 0 && last.Sequence % PagesPerLook != 0 && Buffer.Pipeline.TryRentToHand(out Page? page); last = page, wanted--)
        {
            page.Open(Buffer, last.Sequence + 1);
            if (!last.TryHand(page))
            {
                Buffer.Pipeline.Return(page);
                return;
            }
        }
    }

    /// <summary>Takes back the pages that were handed to the thread and that it does not need yet.</summary>
    public void TakeHandedBack()
    {
        for (Page? page = _page; page is not null; page = page.Next)
        {
            if (page.TakeBackNext() is { } handed)
            {
                Return(handed);
            }
        }
    }

    /// <summary>Takes back the page of a sleeping thread, if all of it is read.</summary>
    public bool TryTakeBack()
    {
        if (TryPeek() || _page is null || !Buffer.TryTakeBack(_page, _position))
        {
            return false;
        }

        ReturnHanded();
        Leave();
        return true;
    }

    private void Leave()
    {
        done.Add(_page!);
        _next = _page!.Next;
        _page.Next = null;
        _page = null;
        _nextSequence++;
        _turns++;
    }

    // Those after the page, which its thread does not own any more and has not gone on in.
    private void ReturnHanded()
    {
        if (_page!.Next is { } handed)
        {
            _page.Next = null;
            Return(handed);
        }
    }

    private void Return(Page? handed)
    {
        while (handed is not null)
        {
            Page? next = handed.Next;
            handed.Next = null;
            // It holds no record, so no checkpoint has to come first.
            Buffer.Pipeline.Return(handed);
            handed = next;
        }
    }

    private bool TryTurn()
    {
        Page? next = _next ?? (_sealed.TryPeek(out Page? waiting) ? waiting : Buffer.OpenPage);
        // An open page waits for its predecessor, which may still be in the channel.
        if (next is null || next.Sequence != _nextSequence)
        {
            return false;
        }

        _page = next;
        _next = null;
        Buffer.ReadSequence = next.Sequence;
        Context = null;
        _position = next.First;
        return true;
    }
}
