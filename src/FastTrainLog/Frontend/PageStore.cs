using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Frontend;

/// <summary>The memory of the pages of a pipeline, with descriptions of what their records refer to, for a later reader.</summary>
internal abstract unsafe class PageStore
{
    /// <summary>Gets the memory of the pages.</summary>
    public abstract byte* Pages { get; }

    /// <summary>Gets whether the pages outlive the process.</summary>
    public abstract bool OutlivesProcess { get; }

    /// <summary>Describes a call site.</summary>
    public abstract void AddCallSite(CallSite site);

    /// <summary>Describes a logger.</summary>
    public abstract void AddLogger(int id, string category, RunContext? run);

    /// <summary>Describes a run that begins.</summary>
    public abstract void AddRun(RunContext run);

    /// <summary>Notes that a run has ended.</summary>
    public abstract void AddRunEnd(RunContext run);

    /// <summary>Returns where the dropped records of a category at a level are counted, for a later reader; null if nowhere. To be called once for each.</summary>
    public abstract long* DropCountAt(int logger, string category, LogLevel level);

    /// <summary>Ends the store: its content is written elsewhere, or is left for a recovery. The memory stays as long as threads may write it.</summary>
    public abstract void End(bool isWritten);

    /// <summary>Frees the memory; only <see cref="PageMemory"/> knows, in its finalizer, when no thread can write it any more.</summary>
    public abstract void Free();
}
