using System.Runtime.CompilerServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;

namespace FastTrainLog.Backend;

/// <summary>The backend's place in one thread buffer: reads its pages in order, sealed and open ones alike.</summary>
internal sealed unsafe class ThreadReader(ThreadBuffer buffer, int pageCapacity, List<Page> done)
{
    private readonly Queue<Page> _sealed = new();
    private Page? _page;
    private byte* _position;
    private long _nextSequence;
    private long _lastUtc;

    public ThreadBuffer Buffer { get; } = buffer;

    /// <summary>Gets the first word of the record that stands next, after <see cref="TryPeek"/> found one.</summary>
    public ulong Word { get; private set; }

    /// <summary>Gets the ticks of the record that stands next.</summary>
    public long Ticks { get; private set; }

    public byte* Record => _position;

    /// <summary>Gets the record, if any, that says within which activity and scopes those behind it in the page were made.</summary>
    public byte* Context { get; private set; }

    /// <summary>Takes note of the record that stands next as such a one.</summary>
    public void TakeContext() => Context = _position;

    /// <summary>Gets or sets whether the thread had ended before the current cycle began to read.</summary>
    public bool ThreadHasEnded { get; set; }

    /// <summary>Returns a time that does not fall behind the thread's last one: two lines of the clock may differ by microseconds.</summary>
    public long KeepOrder(long utcTicks)
    {
        // A larger difference is a step of the system's clock, which is to be seen.
        bool isSkew = utcTicks < _lastUtc && _lastUtc - utcTicks < TimeSpan.TicksPerSecond;
        return _lastUtc = isSkew ? _lastUtc : utcTicks;
    }

    /// <summary>Gets the page that is being read, or null.</summary>
    public Page? Page => _page;

    /// <summary>Gets how far the page is read, in bytes from its first record.</summary>
    public uint Consumed => (uint)(_position - _page!.First);

    public void Enqueue(Page page)
    {
        // Grown once for all, so that a pile of pages never makes the backend allocate.
        _sealed.EnsureCapacity(pageCapacity);
        _sealed.Enqueue(page);
    }

    /// <summary>Looks at the next committed record.</summary>
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
                return false;
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

    private bool TryTurn()
    {
        Page? next = _sealed.TryPeek(out Page? waiting) ? waiting : Buffer.OpenPage;
        // An open page whose predecessor has not come out of the channel yet waits for it.
        if (next is null || next.Owner != Buffer || next.Sequence != _nextSequence)
        {
            return false;
        }

        _page = next;
        Context = null;
        _position = next.First;
        return true;
    }
}
