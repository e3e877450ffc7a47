using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Formatting;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Backend;

/// <summary>Passes records to a sink that has its own thread, so that a sink that hangs cannot block the files.</summary>
/// <remarks>
/// Records travel as they are in the pages, some 60 bytes each, and are decoded and formatted on the sink's thread: a sink sees the same
/// <see cref="LogRecord"/> as anywhere, nothing is allocated, and a slow format costs the backend nothing. A watchdog that took the
/// backend's thread out of a hanging sink would leave that sink with pages and a decoder that are reused meanwhile.
/// One thread adds, one takes. With a full queue the backend waits as long as the sink makes progress; one that has made none for
/// <see cref="Patience"/> hangs, and loses records, which are counted, until it makes progress again.
/// </remarks>
internal sealed unsafe class SinkQueue
{
    /// <summary>How long a call to a sink may take before the sink counts as hanging.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // At the end of the log the files must not wait that long for a sink.
    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(1);

    // Space for about four thousand records, so that the thread is not woken often.
    private const int UsualCapacity = 4 * Page.Size;

    // Is in place of an entry's time, and marks that the next entry is at the queue's beginning.
    private const long Skip = -1;
    private const int NoRun = -1;

    private readonly SinkRoute _route;
    private readonly LogPipeline _pipeline;
    private readonly RecordDecoder _decoder;
    private byte[] _memory = [];
    private byte* _start;
    private int _capacity;
    private readonly AutoResetEvent _wake = new(false);
    private readonly AutoResetEvent _roomFreed = new(false);
    private readonly Queue<(long Position, FlushRequest Request)> _flushes = new();
    private readonly Thread _thread;
    private long _added;
    private long _taken;
    private long _recordsAdded;
    private long _recordsTaken;
    private long _calls;
    private long _callsSeen;
    private long _movedAt = Stopwatch.GetTimestamp();
    private volatile bool _isIdle = true;
    private volatile bool _hangs;
    private volatile bool _backendWaits;
    private volatile bool _stopping;

    public SinkQueue(SinkRoute route, LogPipeline pipeline, LineStyle style)
    {
        _decoder = LineFormats.CreateDecoder(TimeZoneInfo.Local, style);
        _route = route;
        _pipeline = pipeline;
        Allocate(UsualCapacity);
        _thread = new Thread(Run) { IsBackground = true, Name = $"FastTrainLog sink {route.Name}" };
        // Not within the activity and the scopes of the code that creates the log.
        _thread.UnsafeStart();
    }

    /// <summary>Gets the number of records that the sink has not processed yet.</summary>
    public long Waiting => Volatile.Read(ref _recordsAdded) - Volatile.Read(ref _recordsTaken);

    /// <summary>Gets the time that the sink's current call has taken, if that is longer than <see cref="Patience"/>; otherwise null.</summary>
    public TimeSpan? Hangs()
    {
        long calls = Volatile.Read(ref _calls);
        if (_isIdle || calls != _callsSeen)
        {
            _callsSeen = calls;
            _movedAt = Stopwatch.GetTimestamp();
            _hangs = false;
            return null;
        }

        TimeSpan still = Stopwatch.GetElapsedTime(_movedAt);
        if (still <= Patience)
        {
            return null;
        }

        _hangs = true;
        ArriveAtFlushes(upTo: long.MaxValue);
        return still;
    }

    /// <summary>Adds a record, waiting for space as long as the sink makes progress.</summary>
    /// <returns>False if it hangs and the queue is full.</returns>
    public bool TryAdd(in LogRecord record)
    {
        RecordDecoder decoder = record.Decoder;
        int recordBytes = LengthOf(decoder.Record);
        int contextBytes = decoder.Context == null ? 0 : LengthOf(decoder.Context);
        int bytes = sizeof(Header) + recordBytes + contextBytes;
        if (!TryReserve(bytes, out byte* entry))
        {
            return false;
        }

        *(Header*)entry = new Header
        {
            UtcTicks = decoder.UtcTicks,
            Step = decoder.Step.GetValueOrDefault(),
            HasStep = decoder.Step.HasValue ? 1 : 0,
            ThreadId = decoder.ThreadId,
            Run = decoder.Run?.Number ?? NoRun,
            ContextBytes = contextBytes,
        };
        Unsafe.CopyBlockUnaligned(entry + sizeof(Header), decoder.Record, (uint)recordBytes);
        Unsafe.CopyBlockUnaligned(entry + sizeof(Header) + recordBytes, decoder.Context, (uint)contextBytes);
        Volatile.Write(ref _recordsAdded, _recordsAdded + 1);
        Volatile.Write(ref _added, _added + bytes);
        if (_isIdle && _added - Volatile.Read(ref _taken) > _capacity / 2)
        {
            _wake.Set();
        }

        return true;
    }

    /// <summary>Makes the sink's thread process what was added, and flush.</summary>
    public void Flush()
    {
        if (_added != Volatile.Read(ref _taken) || _route.MustFlushAgain)
        {
            _wake.Set();
        }
    }

    /// <summary>Makes a flush wait for what was added so far, unless the sink hangs.</summary>
    public void Join(FlushRequest request)
    {
        lock (_flushes)
        {
            if (_hangs || !_thread.IsAlive)
            {
                return;
            }

            request.Expect();
            _flushes.Enqueue((_added, request));
        }

        _wake.Set();
    }

    /// <summary>Waits until the sink has processed all that was added.</summary>
    /// <returns>Whether it has, in time.</returns>
    public bool Drain(TimeSpan timeout)
    {
        var request = new FlushRequest();
        Join(request);
        request.Arrive();
        return request.Task.Wait(timeout) && _added == Volatile.Read(ref _taken);
    }

    /// <summary>Ends the thread, which disposes of the sink, and waits for it.</summary>
    /// <returns>Whether it ended in time.</returns>
    public bool Stop(TimeSpan timeout)
    {
        _stopping = true;
        _wake.Set();
        return _thread.Join(timeout);
    }

    private void Allocate(int capacity)
    {
        _memory = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
        _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _capacity = capacity;
    }

    private bool TryReserve(int bytes, out byte* entry)
    {
        if (bytes > _capacity / 2)
        {
            // A large record: the queue is replaced by a larger one once it is empty. The sink's thread reads neither until something is added.
            if (!TryWait(room: _capacity))
            {
                entry = null;
                return false;
            }

            Allocate(4 * (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytes));
        }

        // An entry does not wrap around: the rest at the end is skipped. Headers are a multiple of 8 bytes, so there is space for the mark.
        int offset = (int)(_added % _capacity);
        int skipped = _capacity - offset < bytes ? _capacity - offset : 0;
        if (!TryWait(skipped + bytes))
        {
            entry = null;
            return false;
        }

        if (skipped > 0)
        {
            *(long*)(_start + offset) = Skip;
            Volatile.Write(ref _added, _added + skipped);
        }

        entry = _start + (_added % _capacity);
        return true;
    }

    /// <summary>Waits until this many bytes are free, as long as the sink makes progress.</summary>
    private bool TryWait(int room)
    {
        while (_capacity - (_added - Volatile.Read(ref _taken)) < room)
        {
            if (Hangs() is not null || (_pipeline.IsClosed && Stopwatch.GetElapsedTime(_movedAt) > PatienceAtEnd))
            {
                return false;
            }

            _wake.Set();
            _backendWaits = true;
            _roomFreed.WaitOne(TimeSpan.FromMilliseconds(10));
        }

        _backendWaits = false;
        return true;
    }

    private void Run()
    {
        LogPipeline.MayNotWait = true;
        while (true)
        {
            bool stopping = _stopping;
            _isIdle = false;
            TakeAll();
            _route.DeliverFlush();
            NoteCall();
            ArriveAtFlushes(_taken);
            if (stopping)
            {
                break;
            }

            _isIdle = true;
            _wake.WaitOne();
            NoteCall();
        }

        _route.DisposeSink();
    }

    private void TakeAll()
    {
        while (_taken != Volatile.Read(ref _added))
        {
            byte* entry = _start + (_taken % _capacity);
            int bytes = *(long*)entry == Skip ? _capacity - (int)(_taken % _capacity) : Deliver((Header*)entry);

            Volatile.Write(ref _taken, _taken + bytes);
            NoteCall();
            if (_backendWaits && _capacity - (Volatile.Read(ref _added) - _taken) >= _capacity / 2)
            {
                _roomFreed.Set();
            }
        }
    }

    private int Deliver(Header* entry)
    {
        byte* record = (byte*)(entry + 1);
        int recordBytes = LengthOf(record);
        ulong word = *(ulong*)record;
        try
        {
            string category = _pipeline.Loggers[RecordLayout.LoggerId(word)].Category;
            _decoder.Decode(record, CallSite.FromId(RecordLayout.CallSiteId(word)), category, entry->ThreadId, entry->UtcTicks);
            // As the backend determined them: the run may have advanced since.
            _decoder.Correlate(RunOf(entry->Run), entry->HasStep != 0 ? entry->Step : null, entry->ContextBytes == 0 ? null : record + recordBytes);
            _route.Deliver(new LogRecord(_decoder));
        }
        catch (Exception exception)
        {
            // An error in here is a bug of this library and must not end the training loop.
            _route.Lose(1, exception);
        }

        Volatile.Write(ref _recordsTaken, _recordsTaken + 1);
        return sizeof(Header) + recordBytes + entry->ContextBytes;
    }

    private RunContext? RunOf(int number)
    {
        foreach (RunContext run in _pipeline.Runs)
        {
            if (run.Number == number)
            {
                return run;
            }
        }

        return null;
    }

    private static int LengthOf(byte* record) => RecordLayout.Length(*(ulong*)record);

    // A call has returned, or the thread was woken: what follows is another call.
    private void NoteCall() => Volatile.Write(ref _calls, _calls + 1);

    private void ArriveAtFlushes(long upTo)
    {
        lock (_flushes)
        {
            while (_flushes.TryPeek(out (long Position, FlushRequest Request) next) && next.Position <= upTo)
            {
                _flushes.Dequeue().Request.Arrive();
            }
        }
    }

    /// <summary>What precedes a record in the queue. It is followed by the record and, if there is one, that of its context.</summary>
    private struct Header
    {
        public long UtcTicks;
        public long Step;
        public int HasStep;
        public int ThreadId;
        public int Run;
        public int ContextBytes;
    }
}
