using System.Runtime.CompilerServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog;

/// <summary>The logger of one category: what attributed methods write records through.</summary>
/// <remarks>
/// Thread-safe; a call takes no lock. It is an <see cref="ILogger"/> too, so that any code written for one logs into the same
/// files. Get one from <see cref="TrainLogging.GetLogger"/> or, in a host, by dependency injection.
/// </remarks>
public sealed unsafe class TrainLogger : ILogger
{
    // Above every level, LogLevel.None included.
    private const int Off = int.MaxValue;

    private readonly LogPipeline _pipeline;
    private readonly int _pipelineId;
    private readonly ulong _headerBits;
    private volatile int _minimumLevel;

    // Of the thread, behind the one in front, that the logger is used most by, as far as one can tell: the one that last began a page through it.
    private ThreadSlot* _near = ThreadSlot.Nobody;

    // Whether there may be an activity or a scope to look for; until the first one a call is spared the look.
    private volatile bool _watchesFlow;

    internal TrainLogger(LogPipeline pipeline, int id, string category, LogLevel minimumLevel, RunContext? run)
    {
        _pipeline = pipeline;
        _pipelineId = pipeline.Id;
        _headerBits = (ulong)(uint)id << RecordLayout.LoggerShift;
        Id = id;
        Category = category;
        Run = run;
        _watchesFlow = pipeline.WatchesFlow;
        SetLevel(minimumLevel);
    }

    /// <summary>Gets the category.</summary>
    public string Category { get; }

    /// <summary>Gets or sets the level below which calls do nothing; <see cref="LogLevel.None"/> switches the category off. May be set while running, and holds for runs' records of the category too.</summary>
    public LogLevel MinimumLevel
    {
        get => _minimumLevel == Off ? LogLevel.None : (LogLevel)_minimumLevel;
        set => _pipeline.SetLevel(Category, value);
    }

    internal int Id { get; }

    internal LogPipeline Pipeline => _pipeline;

    /// <summary>Gets the run whose records this logger writes; null for a logger of no run in particular.</summary>
    internal RunContext? Run { get; }

    internal void ComeNear(ThreadSlot* slot) => _near = slot;

    internal void WatchFlow() => _watchesFlow = true;

    internal void SetLevel(LogLevel level) => _minimumLevel = level >= LogLevel.None ? Off : (int)level;

    /// <summary>Returns whether a call at a level is logged.</summary>
    /// <param name="logLevel">The level.</param>
    /// <returns>True where it is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsEnabled(LogLevel logLevel) => (int)logLevel >= _minimumLevel && logLevel != LogLevel.None;

    /// <summary>Begins a record; generated code uses it.</summary>
    /// <param name="siteBits">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="level">The record's level.</param>
    /// <param name="argumentBytes">The bytes that all arguments take, as <c>RecordWriter.SizeOf</c> counts them.</param>
    /// <returns>The writer of the arguments; it must be committed before the thread begins another record.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
    public RecordWriter Begin(ulong siteBits, LogLevel level, int argumentBytes)
    {
        byte local;
        ThreadSlot* slot = ThreadSlot.OfThreadWith(&local, _near);

        if (_watchesFlow)
        {
            slot = ThreadBuffer.NoteFlow(_pipeline, slot);
        }

        int size = RecordLayout.Size(argumentBytes);
        byte* record = slot->Cursor;
        if (size > slot->Limit - record || slot->Pipeline != _pipelineId)
        {
            return ThreadBuffer.BeginSlow(this, slot, siteBits, argumentBytes, level);
        }

        // What stands behind this record must say "no record yet" before this one is committed.
        *(ulong*)(record + size) = 0;
        return new RecordWriter(slot, siteBits | _headerBits | ((uint)size >> 3), RecordWriter.NoTextLimit);
    }

    /// <summary>Logs through the general interface: a generated state is encoded as a direct call would, any other is formatted here.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="logLevel">The level.</param>
    /// <param name="eventId">The event.</param>
    /// <param name="state">The state.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="formatter">Makes the message of the state.</param>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        if (RecordState<TState>.Encoder is { } encode)
        {
            encode(in state, this, logLevel);
            return;
        }

        ArgumentNullException.ThrowIfNull(formatter);
        FormattedRecord.Write(this, logLevel, eventId, state, exception, formatter(state, exception));
    }

    /// <summary>Begins a scope: until it is disposed, it stands in the JSON lines of all that this flow of control logs.</summary>
    /// <typeparam name="TState">The scope's type.</typeparam>
    /// <param name="state">The scope: named values, or anything with a text.</param>
    /// <returns>The scope; dispose it.</returns>
    public IDisposable BeginScope<TState>(TState state)
        where TState : notnull => _pipeline.PushScope(state);
}
