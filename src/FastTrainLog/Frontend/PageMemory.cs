using System.Runtime.ConstrainedExecution;

namespace FastTrainLog.Frontend;

/// <summary>Keeps the memory of a pipeline's pages.</summary>
/// <remarks>It is freed by finalization only: thread buffers hold the pools and those hold this, so no thread can write into freed memory, however late it finishes its log call.</remarks>
/// <param name="store">The memory.</param>
internal sealed unsafe class PageMemory(PageStore store) : CriticalFinalizerObject
{
    ~PageMemory() => Store.Free();

    /// <summary>Gets the store of the memory.</summary>
    public PageStore Store { get; } = store;

    /// <summary>Returns where a page is.</summary>
    public byte* At(int page) => Store.Pages + ((long)page * Page.Size);
}
