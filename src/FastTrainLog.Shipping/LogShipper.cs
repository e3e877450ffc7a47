using System.Diagnostics;
using FastTrainLog.Shipping.Cursors;
using FastTrainLog.Sinks;
using FastTrainLog.State;

namespace FastTrainLog.Shipping;

/// <summary>Ships a log directory to a target: reads it from a durable cursor on, sends batches, and moves the cursor over what the target has or has refused for good.</summary>
/// <remarks>
/// <para>The log directory is the queue: nothing else is kept, in memory or on disk, so nothing can fill up, whatever the target does. A record arrives at least once; after a kill, what was sent since the
/// cursor was last stored is sent again. Records of one log are sent in their order.</para>
/// <para>Use it from one thread, or <see cref="Start"/> its own; <see cref="GetStatus"/> may be called from any. Memory is bounded whatever the backlog: one batch, and a buffer for each open file.</para>
/// </remarks>
/// <example>
/// <code>
/// using var target = new DirectoryTarget("/mnt/share/runs/17");
/// using var shipper = new LogShipper("logs", target);
/// while (shipper.ShipNext(CancellationToken.None))
/// {
/// }
/// </code>
/// </example>
public sealed class LogShipper : IDisposable
{
    // What is sent again after a kill, at most, beside what was sent within the interval of the cursor.
    private const long MostUnstored = 4 << 20;

    private readonly ShipSource _source;
    private readonly IShipTarget _target;
    private readonly IKeepsCursor? _keeper;
    private readonly ShipOptions _options;
    private readonly CursorFile _file;
    private readonly Quarantine _quarantine;
    private readonly DirectoryFeed _feed;
    private readonly ShipMeters _meters;
    private readonly RecordBuffer _buffer = new();
    private readonly RetryPause _pause;
    private readonly CancellationTokenSource _stop = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly HashSet<string> _told = [];
    private volatile bool _isEnding;
    private volatile bool _isShipped;
    private volatile DirectoryProgress _progress;
    private readonly Lock _capturing = new();
    private StateWriter _captured = new();
    private StateWriter _nextCapture = new();
    private volatile string? _problem;
    private Thread? _thread;
    private bool _isStored = true;
    private readonly Stack<ShipBatch> _unsettled = new();
    private long _restsUntil;
    private bool _isPlaced;
    private long _filledSince;
    private long _unstored;
    private byte[] _kept = [];
    private (int Log, long Ticks)[] _readUpTo = [];
    private long _stored;
    private string? _cursorTrouble;

    /// <summary>Opens the cursor of a log directory for a target.</summary>
    /// <param name="directory">The log directory; it need not exist yet, unless the cursor is kept in it.</param>
    /// <param name="target">The target; it is not disposed of with the shipper.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">Another process ships the directory to a target of this name, or the cursor cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The cursor may not be written.</exception>
    public LogShipper(string directory, IShipTarget target, ShipOptions? options = null)
        : this(new ShipSource(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)), string.Empty), target, options)
    {
    }

    /// <summary>Opens the cursor of one of several log directories for a target.</summary>
    /// <param name="source">The log directory, and its name among the others.</param>
    /// <param name="target">The target; it is not disposed of with the shipper.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">Another process ships the directory to a target of this name, or the cursor cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The cursor may not be written.</exception>
    public LogShipper(ShipSource source, IShipTarget target, ShipOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        _source = source;
        _target = target;
        _keeper = target as IKeepsCursor;
        _options = options ?? new ShipOptions();
        _options.Validate();
        if (target.Name.Length is 0 or > 64 || !target.Name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new ArgumentException($"The target's name is '{target.Name}'; it must have 1 to 64 letters, digits, '-', '_' and '.', because the cursor's file is named after it.", nameof(target));
        }

        _pause = new RetryPause(_options.FirstPause, _options.LongestPause);
        _file = CursorFile.Open(source.Directory, _options.StateDirectory, target.Name);
        _quarantine = new Quarantine(_file.QuarantinePath);
        _progress = _file.ReadOrBegin(out string? trouble);
        if (trouble is not null)
        {
            Count(counters => counters with { CursorFailures = counters.CursorFailures + 1 });
            Tell(ShipNoticeKind.Cursor, trouble);
        }

        Capture();
        _feed = new DirectoryFeed(source, ReaderName);
        _meters = new ShipMeters(this);
    }

    private string ReaderName => $"ship.{_target.Name}";

    /// <summary>Gets the log directory.</summary>
    public ShipSource Source => _source;

    /// <summary>Gets the target.</summary>
    public IShipTarget Target => _target;

    /// <summary>Gets or sets whether more may come, so that a batch that is not full waits for the time that its target allows.</summary>
    internal bool IsFollowing { get; set; }

    /// <summary>Gets or sets whether <see cref="ShipNext"/> comes back before a pause for trouble of its own directory, instead of waiting for its end, because the caller has other directories to ship.</summary>
    internal bool IsOneOfSeveral { get; set; }

    /// <summary>Gets or sets whether that is so for trouble of the target too, because the directory has a place of its own there: a server is well or not for all.</summary>
    internal bool HasOwnPlace { get; set; }

    /// <summary>Gets the rest of such a pause; zero if there is none.</summary>
    internal TimeSpan Rest => _restsUntil == 0 || Stopwatch.GetElapsedTime(_restsUntil) is { Ticks: >= 0 } ? TimeSpan.Zero : -Stopwatch.GetElapsedTime(_restsUntil);

    /// <summary>Gets whether the last <see cref="ShipNext"/> came back because of such a pause, which may have ended since: not everything is shipped.</summary>
    internal bool IsResting { get; private set; }

    /// <summary>Gets whether the cursor is still in the place where it was opened.</summary>
    internal bool IsInPlace => _file.IsInPlace;

    /// <summary>Gets what was done so far, over all shippers that had this cursor.</summary>
    public ShipCounters Counters => _progress.Counters;

    /// <summary>Returns how far a directory was shipped, to each target that has a cursor, whether or not a process ships now.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="stateDirectory">Where cursors are kept; null for the log directory.</param>
    /// <returns>A status for each target, by name. One whose cursor cannot be used has a <see cref="ShipStatus.Problem"/>.</returns>
    public static IReadOnlyList<ShipStatus> ReadStatus(string directory, string? stateDirectory = null)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var found = new List<ShipStatus>();
        foreach (string target in CursorFile.TargetsOf(directory, stateDirectory))
        {
            string path = CursorFile.PathOf(directory, stateDirectory, target);
            try
            {
                if (CursorFile.Read(path) is { } progress)
                {
                    found.Add(new ShipStatus(directory, target, progress.Counters, DirectoryFeed.Measure(directory, progress), Problem: null));
                }
            }
            catch (InvalidDataException exception)
            {
                found.Add(new ShipStatus(directory, target, default, DirectoryFeed.Measure(directory, new DirectoryProgress()), $"The cursor {path} cannot be used, because {exception.Message}."));
            }
        }

        return found;
    }

    /// <summary>Returns what was shipped and what is yet to be. It reads the backlog to count it, up to 16 MiB.</summary>
    public ShipStatus GetStatus()
    {
        DirectoryProgress progress = RestoreCaptured();
        return new ShipStatus(_source.Directory, _target.Name, _progress.Counters, DirectoryFeed.Measure(_source.Directory, progress), _problem);
    }

    /// <summary>Ships the next batch, and waits until the target has it, with pauses, for as long as that takes.</summary>
    /// <param name="cancellation">Ends the wait; what was not acknowledged is sent again by the next shipper.</param>
    /// <returns>Whether there was something; if not, the cursor is stored.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool ShipNext(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Rest > TimeSpan.Zero)
        {
            return false;
        }

        IsResting = false;
        if (!TakeKeptCursor(cancellation))
        {
            return false;
        }

        // A batch whose sending was cancelled, or has a pause, is sent again.
        bool isUnsettled = _unsettled.Count > 0;
        bool hasMoved = isUnsettled || _feed.TryFill(_progress, _buffer, _target.Limits);
        foreach ((ShipNoticeKind kind, string message) in _feed.Notices)
        {
            Tell(kind, message);
        }

        _feed.Notices.Clear();
        if (_feed.IsHeldUp && !IsFollowing)
        {
            // Who follows the log comes again anyway.
            return WaitOrRest(_options.PollInterval, IsOneOfSeveral, cancellation);
        }

        if (!isUnsettled && _progress.IsTorn())
        {
            // A recovery truncated and wrote a file while it was read: it is read again from the last batch on, in order.
            _progress = RestoreCaptured();
            _buffer.Clear();
            _feed.Restart();
            return true;
        }

        if (!MayFollowMore() && (hasMoved || _buffer.Count > 0))
        {
            hasMoved = true;
            if (_buffer.Count > 0)
            {
                long start = Stopwatch.GetTimestamp();
                int bytes = _buffer.Bytes;
                if (_keeper is not null && !isUnsettled)
                {
                    ShipCounters counters = Counters;
                    _nextCapture.Clear();
                    CursorFile.Capture(_progress, counters with { Sent = counters.Sent + _buffer.Count, SentBytes = counters.SentBytes + bytes }, _nextCapture);
                    _kept = _nextCapture.ToArray();
                }

                if (!isUnsettled)
                {
                    _unsettled.Push(new ShipBatch(_source, _buffer) { Cursor = _kept });
                }

                if (!Settle(cancellation))
                {
                    return false;
                }

                _buffer.Clear();
                _unstored += bytes;
                KeepToRate(bytes, start, cancellation);
            }

            Capture();
            _isStored = false;
        }

        if (!hasMoved && !IsFollowing && _progress.Left is { } left)
        {
            Tell(ShipNoticeKind.Unreadable, $"{left.Path} ends with {left.Bytes} bytes that are no complete record: they are left for the process that writes them, or for the recovery of its log");
        }

        if (!_isStored && (!hasMoved || _unstored >= MostUnstored || Stopwatch.GetElapsedTime(_stored) >= _options.CursorInterval))
        {
            Store();
        }

        return hasMoved;
    }

    /// <summary>Ships on a thread of its own, with a priority below that of the training's threads, until <see cref="Stop"/>.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start()
    {
        if (_thread is not null)
        {
            throw new InvalidOperationException("The shipper was started before.");
        }

        _thread = new Thread(Run) { IsBackground = true, Name = $"FastTrainLog ship {_target.Name}", Priority = ThreadPriority.BelowNormal };
        _thread.UnsafeStart();
    }

    /// <summary>Ships what is there, and ends the thread that <see cref="Start"/> started.</summary>
    /// <param name="timeout">The longest time for that; what is not shipped then stays in the log for the next shipper.</param>
    /// <returns>Whether everything was shipped.</returns>
    public bool Stop(TimeSpan timeout)
    {
        if (_thread is null)
        {
            return false;
        }

        _isEnding = true;
        _wake.Set();
        if (!_thread.Join(timeout))
        {
            _stop.Cancel();
            _thread.Join();
        }

        return _isShipped;
    }

    /// <summary>Ends the thread, if there is one, without shipping more, stores the cursor and lets other shippers have it.</summary>
    public void Dispose()
    {
        _meters.Remove();
        _stop.Cancel();
        _wake.Set();
        _thread?.Join();
        if (!_isStored)
        {
            Store();
        }

        _feed.Dispose();
        _file.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                // Looked at before the directory is: what was written before Stop was called is shipped.
                bool isLast = _isEnding;
                IsFollowing = !isLast;
                while (ShipNext(_stop.Token))
                {
                }

                if (isLast)
                {
                    _isShipped = true;
                    return;
                }

                _wake.WaitOne(_options.PollInterval);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped in the middle of a wait.
        }
        catch (Exception exception)
        {
            // A mistake in the shipper must not end the training. The log keeps the records for the next one.
            _problem = $"shipping has ended with {exception.GetType().Name}: {exception.Message}";
            Tell(ShipNoticeKind.Unavailable, $"{_target.Name}: {_problem}");
        }
    }

    private bool MayFollowMore()
    {
        if (_unsettled.Count > 0 || _buffer.Count == 0 || !IsFollowing || _target.Limits.Linger == TimeSpan.Zero)
        {
            _filledSince = 0;
            return false;
        }

        _filledSince = _filledSince == 0 ? Stopwatch.GetTimestamp() : _filledSince;
        BatchLimits limits = _target.Limits;
        bool isFull = _buffer.Count >= limits.Records || _buffer.Bytes >= limits.Bytes || Stopwatch.GetElapsedTime(_filledSince) >= limits.Linger;
        _filledSince = isFull ? 0 : _filledSince;
        return !isFull;
    }

    // What the target has with the records is more recent than the file, if a kill came between the two. False if there is a pause.
    private bool TakeKeptCursor(CancellationToken cancellation)
    {
        while (!_isPlaced)
        {
            try
            {
                if (_keeper?.CursorOf(_source) is { } kept)
                {
                    _progress = CursorFile.Restore(kept);
                    Capture();
                }

                _isPlaced = true;
                Recover();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                TellUnavailable(exception.Message);
                if (!Pause(ShipAnswer.Retry(exception.Message), cancellation))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // Until each record is done or in quarantine. False if there is a pause.
    private bool Settle(CancellationToken cancellation)
    {
        while (_unsettled.TryPeek(out ShipBatch? batch))
        {
            ShipAnswer answer = Send(batch, cancellation);
            answer.Check(batch.Count, _target.Name);
            if (!answer.IsPerRecord && answer[0].Outcome == ShipOutcome.Reject && batch.Count > 1)
            {
                // One of them, most likely; the target does not say which.
                _unsettled.Pop();
                PushHalves(batch);
                continue;
            }

            List<int> left = Conclude(batch, answer, out string? trouble);
            _unsettled.Pop();
            if (left.Count == 0)
            {
                _pause.Reset();
                Recover();
                continue;
            }

            Count(counters => counters with { Retried = counters.Retried + left.Count });
            if (trouble is null && left.Count == batch.Count)
            {
                TellUnavailable(answer.Reason);
            }

            batch = left.Count == batch.Count ? batch : batch.Choose(left);

            if (answer.IsTooMuch && batch.Count > 1)
            {
                PushHalves(batch);
            }
            else
            {
                _unsettled.Push(batch);
            }

            if (trouble is not null ? !WaitOrRest(_pause.Next(ShipAnswer.Done), IsOneOfSeveral, cancellation) : !Pause(answer, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    private void PushHalves(ShipBatch batch)
    {
        int half = batch.Count / 2;
        _unsettled.Push(batch.Choose(Enumerable.Range(half, batch.Count - half)));
        _unsettled.Push(batch.Choose(Enumerable.Range(0, half)));
    }

    // False if somebody else waits for its end.
    private bool Pause(ShipAnswer answer, CancellationToken cancellation) => WaitOrRest(_pause.Next(answer), IsOneOfSeveral && HasOwnPlace, cancellation);

    private bool WaitOrRest(TimeSpan pause, bool rests, CancellationToken cancellation)
    {
        if (rests)
        {
            IsResting = true;
            _restsUntil = Stopwatch.GetTimestamp() + (long)(pause.TotalSeconds * Stopwatch.Frequency);
            return false;
        }

        Wait(pause, cancellation);
        return true;
    }

    private ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        try
        {
            return _target.Send(batch, cancellation);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or TimeoutException or UnauthorizedAccessException)
        {
            return ShipAnswer.Retry(MessageOf(exception));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // HttpClient's time limit.
            return ShipAnswer.Retry("it did not answer in time");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A mistake in a target must not end the training, and the record stays in the log.
            return ShipAnswer.Misconfigured($"it failed with {exception.GetType().Name}: {MessageOf(exception)}");
        }
    }

    // What is wrong with a connection or a certificate is said by the exceptions within.
    private static string MessageOf(Exception exception) => exception.InnerException is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal)
        ? $"{exception.Message} {MessageOf(inner)}"
        : exception.Message;

    // Returns those that are to be sent again: refused ones too that cannot be put aside, as on a full disk, because a record is in the quarantine before the cursor passes it.
    private List<int> Conclude(ShipBatch batch, ShipAnswer answer, out string? trouble)
    {
        trouble = null;
        var left = new List<int>();
        (long sent, long bytes, long rejected) = (0, 0, 0);
        string? why = null;
        for (int i = 0; i < batch.Count; i++)
        {
            switch (answer[i])
            {
                case { Outcome: ShipOutcome.Done }:
                    sent++;
                    bytes += batch.Json(i).Length;
                    break;
                case { Outcome: ShipOutcome.Reject, Reason: var reason }:
                    why ??= reason ?? "the target gives no reason";
                    if (trouble is null && (trouble = TryPutAside(batch, i, reason ?? why)) is null)
                    {
                        rejected++;
                    }
                    else
                    {
                        left.Add(i);
                    }

                    break;
                default:
                    left.Add(i);
                    break;
            }
        }

        Count(counters => counters with { Sent = counters.Sent + sent, SentBytes = counters.SentBytes + bytes, Quarantined = counters.Quarantined + rejected });
        if (rejected > 0)
        {
            Tell(ShipNoticeKind.Quarantined, $"{_target.Name} refused {rejected} records for good, which are in {_quarantine.Path}: {why}");
        }

        return left;
    }

    // Returns why it could not be; null if it was.
    private string? TryPutAside(ShipBatch batch, int index, string reason)
    {
        try
        {
            _quarantine.Add(batch, index, reason);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell(ShipNoticeKind.Cursor, $"The quarantine file cannot be written, which is tried again: {exception.Message}");
            return exception.Message;
        }
    }

    private void TellUnavailable(string? reason)
    {
        _problem = reason;
        Tell(ShipNoticeKind.Unavailable, $"{_target.Name} at {_target.Address} does not take records, which stay in the log and are sent again: {reason}");
    }

    private void Recover()
    {
        if (_problem is null)
        {
            return;
        }

        _problem = null;
        _told.Clear();
        Tell(ShipNoticeKind.Available, $"{_target.Name} at {_target.Address} takes records again");
    }

    private void KeepToRate(int bytes, long start, CancellationToken cancellation)
    {
        if (_options.MaxBytesPerSecond > 0)
        {
            var least = TimeSpan.FromSeconds(bytes / (double)_options.MaxBytesPerSecond);
            TimeSpan rest = least - Stopwatch.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
            {
                Wait(rest, cancellation);
            }
        }
    }

    // The place after the last batch, which the cursor's file is written from, and to which the reading may have to go back. Other threads ask for it too.
    private void Capture()
    {
        _nextCapture.Clear();
        CursorFile.Capture(_progress, Counters, _nextCapture);
        _readUpTo = [.. _progress.ReadUpTo];
        lock (_capturing)
        {
            (_captured, _nextCapture) = (_nextCapture, _captured);
        }
    }

    private DirectoryProgress RestoreCaptured()
    {
        lock (_capturing)
        {
            return CursorFile.Restore(_captured.ToArray());
        }
    }

    private void Store()
    {
        _stored = Stopwatch.GetTimestamp();
        _unstored = 0;
        if (!_file.IsInPlace)
        {
            // Under the path there is nothing, or another directory, whose cursor this is not.
            return;
        }

        try
        {
            _file.Store(_captured.Written);
            _isStored = true;
            if (_options.StateDirectory is null)
            {
                LogReaderMark.Write(_source.Directory, ReaderName, _readUpTo);
            }

            if (_cursorTrouble is not null)
            {
                _told.Remove(_cursorTrouble);
                _cursorTrouble = null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The position is known as long as this process lives, so shipping goes on.
            Count(counters => counters with { CursorFailures = counters.CursorFailures + 1 });
            _cursorTrouble = $"The cursor cannot be stored, which is tried again; after a kill now, what was sent since is sent again: {exception.Message}";
            Tell(ShipNoticeKind.Cursor, _cursorTrouble);
        }
    }

    private void Count(Func<ShipCounters, ShipCounters> change) => _progress.Count(change);

    // The same once, until the target is well again.
    private void Tell(ShipNoticeKind kind, string message)
    {
        const int MostTold = 1000;
        if (_told.Count < MostTold && _told.Add(message))
        {
            _options.OnNotice?.Invoke(new ShipNotice(kind, _source, _target.Name, message));
        }
    }

    private static void Wait(TimeSpan pause, CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(pause);
        cancellation.ThrowIfCancellationRequested();
    }
}
