using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using FastTrainLog.Journals;

namespace FastTrainLog.Frontend;

/// <summary>The memory of all pages of a pipeline, and the pages of it that are free.</summary>
/// <remarks>
/// The memory is freed by finalization only: thread buffers hold the pool, so no thread can be left writing into freed memory,
/// however late it finishes its log call. Pages are first touched when they are first rented.
/// </remarks>
internal sealed unsafe class PagePool : CriticalFinalizerObject
{
    private readonly byte* _memory;
    private readonly Journal? _journal;
    private readonly Channel<Page> _free;
    private readonly Page[] _pages;
    private int _created;

    /// <summary>Initializes a pool.</summary>
    /// <param name="capacity">The number of pages.</param>
    /// <param name="journal">The journal whose pages they are; null for plain memory.</param>
    public PagePool(int capacity, Journal? journal = null)
    {
        Capacity = capacity;
        _journal = journal;
        _memory = journal is null ? (byte*)NativeMemory.AlignedAlloc((nuint)capacity * Page.Size, 4096) : journal.Pages;
        _free = CreateChannel(capacity);
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

    /// <summary>Gets the number of pages that were ever touched.</summary>
    public int Created => Volatile.Read(ref _created);

    public bool IsJournaled => _journal is not null;

    public bool TryRent([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Page? page)
    {
        if (_free.Reader.TryRead(out page))
        {
            return true;
        }

        int index = Interlocked.Increment(ref _created) - 1;
        if (index < Capacity)
        {
            page = _pages[index];
            return true;
        }

        Interlocked.Decrement(ref _created);
        return false;
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
        _free.Writer.TryWrite(page);
    }
}
