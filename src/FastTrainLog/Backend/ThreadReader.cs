using System.Runtime.CompilerServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;

namespace FastTrainLog.Backend;

/// <summary>The backend's position in one thread buffer: reads its pages in order, sealed and open ones alike.</summary>
internal sealed unsafe class ThreadReader(ThreadBuffer buffer, int pageCapacity, List<Page> done)
{
    private readonly Queue<Page> _sealed = new();
    private Page? _page;
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
            if (word == RecordLayout.EndOfPage)
            {
                // The page is sealed in memory a moment before it comes out of the channel.
                if (!_sealed.TryDequeue(out Page? whole))
                {
                    return false;
                }

                _page = null;
                _nextSequence++;
                done.Add(whole);
                continue;
            }

            if (word == 0)
            {
                if (!_sealed.TryPeek(out Page? wiped) || wiped != _page)
                {
                    return false;
                }

                // A page from the channel has no word that is still to be stored: the journal was truncated, and zeros are in
                // the place of what was in it.
                _sealed.Dequeue();
                _page = null;
                _nextSequence++;
                done.Add(wiped);
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
            done.Add(_page);
            _page = null;
        }
    }

    /// <summary>Takes back the page of a sleeping thread, if all of it is read.</summary>
    public bool TryTakeBack()
    {
        if (TryPeek() || _page is null || !Buffer.TryTakeBack(_position))
        {
            return false;
        }

        done.Add(_page);
        _page = null;
        _nextSequence++;
        return true;
    }

    private bool TryTurn()
    {
        Page? next = _sealed.TryPeek(out Page? waiting) ? waiting : Buffer.OpenPage;
        // An open page waits for its predecessor, which may still be in the channel.
        if (next is null || next.Sequence != _nextSequence)
        {
            return false;
        }

        _page = next;
        Context = null;
        _position = next.First;
        return true;
    }
}
