using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace FastTrainLog.Frontend;

/// <summary>The memory of all pages of a pipeline, and the pages of it that are free.</summary>
/// <remarks>
/// The memory is freed by finalization only: thread buffers hold the pool, so no thread can be left writing into freed memory,
/// however late it finishes its log call. Pages are first touched when they are first rented.
/// </remarks>
internal sealed unsafe class PagePool : CriticalFinalizerObject
{
    private readonly byte* _memory;
    private readonly Channel<Page> _free;
    private readonly Page[] _pages;
    private int _created;

    public PagePool(int capacity)
    {
        Capacity = capacity;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)capacity * Page.Size, 4096);
        _free = CreateChannel(capacity);
        _pages = new Page[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _pages[i] = new Page(this, _memory + ((long)i * Page.Size));
        }
    }

    ~PagePool() => NativeMemory.AlignedFree(_memory);

    /// <summary>Gets the number of pages that may exist.</summary>
    public int Capacity { get; }

    /// <summary>Gets the number of pages that were ever touched.</summary>
    public int Created => Volatile.Read(ref _created);

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

    public void Return(Page page) => _free.Writer.TryWrite(page);
}
