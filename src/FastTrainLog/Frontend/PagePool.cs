using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using FastTrainLog.Journals;

namespace FastTrainLog.Frontend;

/// <summary>The memory of all pages of a pipeline, and the pages of it that are free.</summary>
/// <remarks>
/// The memory is freed by finalization only: thread buffers hold the pool, so no thread can be left writing into freed memory,
/// however late it finishes its log call. The page that came back last is rented first: it is mapped and still in the caches, where
/// the next one of 32 MiB would cost a page fault every 4 KiB, about 9 microseconds each in a virtual machine.
/// </remarks>
internal sealed unsafe class PagePool : CriticalFinalizerObject
{
    // How far ahead of use pages are mapped: twice what a thread fills between two wakings of the backend.
    private const int PreparedAhead = 64;

    private readonly byte* _memory;
    private readonly Journal? _journal;
    private readonly Page[] _pages;
    private readonly Page[] _free;

    // No System.Threading.Lock: that allocates an event when two threads first meet at it.
    private readonly object _gate = new();
    private int _freeCount;
    private int _created;
    private int _prepared;

    /// <summary>Initializes a pool.</summary>
    /// <param name="capacity">The number of pages.</param>
    /// <param name="journal">The journal whose pages they are; null for plain memory.</param>
    public PagePool(int capacity, Journal? journal = null)
    {
        Capacity = capacity;
        _journal = journal;
        _memory = journal is null ? (byte*)NativeMemory.AlignedAlloc((nuint)capacity * Page.Size, 4096) : journal.Pages;
        _free = new Page[capacity];
        _pages = new Page[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _pages[i] = new Page(this, _memory + ((long)i * Page.Size), i);
        }
    }

    ~PagePool()
    {
        if (_journal is null)
        {
            NativeMemory.AlignedFree(_memory);
        }
        else
        {
            _journal.Unmap();
        }
    }

    /// <summary>Gets the number of pages that may exist.</summary>
    public int Capacity { get; }

    public bool IsJournaled => _journal is not null;

    public bool TryRent([NotNullWhen(true)] out Page? page)
    {
        lock (_gate)
        {
            page = _freeCount > 0 ? _free[--_freeCount] : _created < Capacity ? _pages[_created++] : null;
            return page is not null;
        }
    }

    /// <summary>Has the system map the pages that will be rented next, so that no log call waits for it. Called by the backend's thread.</summary>
    public void PrepareAhead()
    {
        int end = Math.Min(Volatile.Read(ref _created) + PreparedAhead, Capacity);
        for (; _prepared < end; _prepared++)
        {
            byte* page = _memory + ((long)_prepared * Page.Size);
            for (int offset = 0; offset < Page.Size; offset += Environment.SystemPageSize)
            {
                // A write that changes nothing, even where a thread has rented the page meanwhile and fills it.
                Interlocked.Add(ref Unsafe.AsRef<int>(page + offset), 0);
            }
        }
    }

    /// <summary>Makes a channel of pages that allocates nothing from here on: its queue has grown to its full size.</summary>
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
            _free[_freeCount++] = page;
        }
    }
}
