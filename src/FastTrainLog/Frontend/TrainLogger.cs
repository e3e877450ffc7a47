using System.Runtime.CompilerServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog;

/// <summary>The logger of one category, through which attributed methods write records.</summary>
/// <remarks>
/// Thread-safe; a call takes no lock. It is an <see cref="ILogger"/> too, so that any code written for one logs into the same
/// files. Get one from <see cref="TrainLogging.GetLogger"/> or, in a host, by dependency injection.
/// </remarks>
/// <example>
/// <code>
/// internal static partial class LoaderMessages
/// {
///     [TrainLog(1, LogLevel.Information, "Loaded {Count} images in {Seconds:F1} s")]
///     public static partial void Loaded(this TrainLogger logger, int count, double seconds);
///
///     public static void Load(TrainLogging logging)
///     {
///         TrainLogger logger = logging.GetLogger("loader");
///         logger.Loaded(count: 1797, seconds: 0.4);
///     }
/// }
/// </code>
/// </example>
public sealed unsafe class TrainLogger : ILogger, IRedactingLogger
{
    // Above every level, LogLevel.None included.
    private const int Off = int.MaxValue;

    private readonly LogPipeline _pipeline;
    private readonly int _pipelineId;
    private readonly ulong _headerBits;
    private readonly bool _skipsForwarded;
    private DropCount?[]? _drops;
    private volatile int _minimumLevel;

    // The slot of the thread, other than the one in front, that probably uses the logger most: the one that last began a page through it.
    private ThreadSlot* _near = ThreadSlot.Nobody;

    // Whether there may be an activity or a scope to check for; a call skips the check until the first one exists.
    private volatile bool _watchesFlow;

    internal TrainLogger(LogPipeline pipeline, int id, string category, LogLevel minimumLevel, RunContext? run, LoggerOrigin origin)
    {
        _pipeline = pipeline;
        _pipelineId = pipeline.Id;
        _headerBits = (ulong)(uint)id << RecordLayout.LoggerShift;
        Id = id;
        Category = category;
        Run = run;
        IsHosts = origin != LoggerOrigin.Direct;
        _skipsForwarded = origin == LoggerOrigin.ForwardingHost;
        _watchesFlow = pipeline.WatchesFlow;
        SetLevel(minimumLevel);
    }

    /// <summary>Gets the category.</summary>
    public string Category { get; }

    /// <summary>Gets or sets the level below which calls do nothing; <see cref="LogLevel.None"/> switches the category off. May be set at run time, and applies to runs' records of the category too.</summary>
    public LogLevel MinimumLevel
    {
        get => _minimumLevel == Off ? LogLevel.None : (LogLevel)_minimumLevel;
        set => _pipeline.SetLevel(Category, value);
    }

    internal int Id { get; }

    /// <summary>Gets whether a host's loggers write through it, so that the host's rules have already been applied.</summary>
    internal bool IsHosts { get; }

    internal LogPipeline Pipeline => _pipeline;

    RedactorTable IRedactingLogger.Redactors => _pipeline.Redactors;

    /// <summary>Gets the run whose records this logger writes; null for a logger that belongs to no run.</summary>
    internal RunContext? Run { get; }

    /// <summary>Returns the place for the count of its dropped records of a level.</summary>
    internal ref DropCount? DropCountAt(LogLevel level) => ref LazyInitializer.EnsureInitialized(ref _drops, static () => new DropCount?[RecordCounter.Levels])[(int)level];

    internal void ComeNear(ThreadSlot* slot) => _near = slot;

    /// <summary>Gets whether a thread's next page may begin with a record of this logger: it is the logger's pipeline's, and begins without a context.</summary>
    internal bool GoesOnIn(ThreadSlot* slot) => slot->Pipeline == _pipelineId && !_watchesFlow;

    internal void WatchFlow() => _watchesFlow = true;

    internal void SetLevel(LogLevel level) => _minimumLevel = level >= LogLevel.None ? Off : (int)level;

    /// <summary>Returns whether a call at a level is logged.</summary>
    /// <param name="logLevel">The level.</param>
    /// <returns>True if it is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsEnabled(LogLevel logLevel) => (int)logLevel >= _minimumLevel && logLevel != LogLevel.None;

    /// <summary>Begins a record; used by generated code.</summary>
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
            return ThreadBuffer.BeginNext(this, slot, siteBits, argumentBytes, level);
        }

        // The word after this record must mean "no record yet" before this one is committed.
        *(ulong*)(record + size) = 0;
        return new RecordWriter(&slot->Place, siteBits | _headerBits | ((uint)size >> 3), RecordWriter.NoTextLimit);
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
        if (!IsEnabled(logLevel) || (_skipsForwarded && LogPipeline.IsForwarding))
        {
            return;
        }

        if (RecordState<TState>.Encoder is { } encode)
        {
            encode(in state, this, logLevel);
            return;
        }

        ArgumentNullException.ThrowIfNull(formatter);
        FormattedRecord.Write(this, logLevel, eventId, state, exception, formatter);
    }

    /// <summary>Begins a scope: until it is disposed, it is in the JSON lines of all that this flow of control logs.</summary>
    /// <typeparam name="TState">The scope's type.</typeparam>
    /// <param name="state">The scope: named values, or anything with a text.</param>
    /// <returns>The scope; dispose it.</returns>
    public IDisposable BeginScope<TState>(TState state)
        where TState : notnull => _pipeline.PushScope(state);
}
