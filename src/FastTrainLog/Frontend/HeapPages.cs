using System.Runtime.InteropServices;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Frontend;

/// <summary>Pages in plain memory: they end with the process, so nothing is described.</summary>
/// <param name="pages">The number of pages.</param>
internal sealed unsafe class HeapPages(int pages) : PageStore
{
    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc((nuint)pages * Page.Size, 4096);

    public override byte* Pages => _memory;

    public override bool OutlivesProcess => false;

    public override void AddCallSite(CallSite site)
    {
    }

    public override void AddLogger(int id, string category, RunContext? run)
    {
    }

    public override void AddRun(RunContext run)
    {
    }

    public override void AddRunEnd(RunContext run)
    {
    }

    public override long* DropCountAt(int logger, string category, LogLevel level) => null;

    public override void End(bool isWritten)
    {
    }

    public override void Free() => NativeMemory.AlignedFree(_memory);
}
