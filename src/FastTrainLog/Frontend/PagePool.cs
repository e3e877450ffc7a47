using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace FastTrainLog.Frontend;

/// <summary>Consecutive pages of a pipeline, and those of them that are free.</summary>
/// <remarks>
/// The most recently returned page is rented first: it is mapped and still in the caches, whereas the next one of 32 MiB would
/// cost a page fault every 4 KiB, about 9 microseconds each in a virtual machine.
/// </remarks>
internal sealed unsafe class PagePool
{
    // How many pages are mapped in advance: twice what a thread fills between two cycles of the backend.
    private const int PreparedAhead = 64;

    private readonly PageMemory _memory;
    private readonly int _first;
    private readonly Page[] _pages;
    private readonly Page[] _free;

    // No System.Threading.Lock: that allocates an event when two threads first meet at it.
    private readonly object _gate = new();
    private int _freeCount;
    private int _created;
    private int _prepared;

    /// <summary>Initializes a pool.</summary>
    /// <param name="memory">The memory of the pages.</param>
    /// <param name="first">The first of them that is the pool's.</param>
    /// <param name="capacity">How many are.</param>
    public PagePool(PageMemory memory, int first, int capacity)
    {
        Capacity = capacity;
        _memory = memory;
        _first = first;
        _free = new Page[capacity];
        _pages = new Page[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _pages[i] = new Page(this, memory.At(first + i), first + i);
        }
    }

    /// <summary>Gets the number of pages that may exist.</summary>
    public int Capacity { get; }

    /// <summary>Gets whether the pages outlive the process.</summary>
    public bool OutlivesProcess => _memory.Store.OutlivesProcess;

    /// <summary>Gets the number of free pages.</summary>
    public int FreePages => Volatile.Read(ref _freeCount) + Capacity - Volatile.Read(ref _created);

    public bool TryRent([NotNullWhen(true)] out Page? page)
    {
        lock (_gate)
        {
            page = _freeCount > 0 ? _free[--_freeCount] : _created < Capacity ? _pages[_created++] : null;
            return page is not null;
        }
    }

    /// <summary>Takes a page of several pieces, if enough consecutive ones are free.</summary>
    public bool TryRent(int pieces, [NotNullWhen(true)] out Page? page)
    {
        if (pieces == 1)
        {
            return TryRent(out page);
        }

        lock (_gate)
        {
            page = null;
            int start = FindFree(pieces);
            if (start < 0)
            {
                return false;
            }

            int kept = 0;
            for (int i = 0; i < _freeCount; i++)
            {
                if (PlaceOf(_free[i]) < start || PlaceOf(_free[i]) >= start + pieces)
                {
                    _free[kept++] = _free[i];
                }
            }

            _freeCount = kept;
            _created = Math.Max(_created, start + pieces);
            page = _pages[start];
            page.Pieces = pieces;
            return true;
        }
    }

    /// <summary>Returns the page whose memory holds a record; of a page of several pieces, the one that its piece is otherwise.</summary>
    public Page At(byte* record) => _pages[(int)((record - _memory.At(_first)) / Page.Size)];

    /// <summary>Makes the system map the pages that will be rented next, so that no log call waits for it. Called by the backend's thread.</summary>
    public void PrepareAhead()
    {
        int end = Math.Min(Volatile.Read(ref _created) + PreparedAhead, Capacity);
        for (; _prepared < end; _prepared++)
        {
            byte* page = _memory.At(_first + _prepared);
            for (int offset = 0; offset < Page.Size; offset += Environment.SystemPageSize)
            {
                // A write that changes nothing, even if a thread has rented the page meanwhile and fills it.
                Interlocked.Add(ref Unsafe.AsRef<int>(page + offset), 0);
            }
        }
    }

    /// <summary>Creates a channel of pages that allocates nothing from here on: its queue has grown to its full size.</summary>
    public static Channel<Page> CreateChannel(int capacity)
    {
        var channel = Channel.CreateBounded<Page>(new BoundedChannelOptions(capacity));
        while (channel.Writer.TryWrite(null!))
        {
        }

        while (channel.Reader.TryRead(out _))
        {
        }

        return channel;
    }

    public void Return(Page page)
    {
        page.MarkFree();
        lock (_gate)
        {
            // The first piece last, to be rented first.
            for (int piece = page.Pieces - 1; piece >= 0; piece--)
            {
                _free[_freeCount++] = _pages[PlaceOf(page) + piece];
            }

            page.Pieces = 1;
        }
    }

    private int PlaceOf(Page page) => page.Index - _first;

    private int FindFree(int pieces)
    {
        bool[] isFree = new bool[Capacity];
        Array.Fill(isFree, true, _created, Capacity - _created);
        for (int i = 0; i < _freeCount; i++)
        {
            isFree[PlaceOf(_free[i])] = true;
        }

        int run = 0;
        for (int i = 0; i < Capacity; i++)
        {
            run = isFree[i] ? run + 1 : 0;
            // The unused pages may have gaps: they are taken from the beginning.
            if (run == pieces && i - pieces + 1 <= _created)
            {
                return i - pieces + 1;
            }
        }

        return -1;
    }
}
