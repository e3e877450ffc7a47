using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Backend;

/// <summary>Carries records to a sink that has a thread of its own, so that a sink that hangs cannot hold the files up.</summary>
/// <remarks>
/// Records travel as they stand in the pages, some 60 bytes each, and are decoded and formatted on the sink's thread: a sink sees the same
/// <see cref="LogRecord"/> as anywhere, nothing is allocated, and a slow format costs the backend nothing. A watchdog that took the
/// backend's thread out of a hanging sink would have to leave that sink with pages and a decoder that are used again meanwhile.
/// One thread adds, one takes. A full queue makes the backend wait as long as the sink moves at all; one that has not for
/// <see cref="Patience"/> hangs, and loses records, counted, until it moves again.
/// </remarks>
internal sealed unsafe class SinkQueue
{
    /// <summary>How long a sink may keep one call before it counts as hanging.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Room for some four thousand records: the thread need not be woken often, and the largest record fits.
    private const int Capacity = 4 * Page.Size;

    // Stands where an entry's time would, and says that the next one is at the queue's beginning.
    private const long Skip = -1;
    private const int NoRun = -1;

    private readonly SinkRoute _route;
    private readonly LogPipeline _pipeline;
    private readonly RecordDecoder _decoder;
    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(Capacity, pinned: true);
    private readonly byte* _start;
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

    public SinkQueue(SinkRoute route, LogPipeline pipeline, bool symbols)
    {
        _decoder = new RecordDecoder(TimeZoneInfo.Local, symbols);
        _route = route;
        _pipeline = pipeline;
        _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _thread = new Thread(Run) { IsBackground = true, Name = $"FastTrainLog sink {route.Name}" };
        // Not within the activity and the scopes of whoever makes the log.
        _thread.UnsafeStart();
    }

    /// <summary>Gets the number of records that the sink has not taken yet.</summary>
    public long Waiting => Volatile.Read(ref _recordsAdded) - Volatile.Read(ref _recordsTaken);

    /// <summary>Gets the time for which the sink has kept a call, once that is longer than <see cref="Patience"/>; otherwise null.</summary>
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

    /// <summary>Adds a record, waiting for room as long as the sink moves.</summary>
    /// <returns>False where it hangs and the queue is full.</returns>
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
        if (_isIdle && _added - Volatile.Read(ref _taken) > Capacity / 2)
        {
            _wake.Set();
        }

        return true;
    }

    /// <summary>Has the sink's thread take what was added, and flush.</summary>
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

    /// <summary>Waits until the sink has taken all that was added.</summary>
    /// <returns>Whether it has, in time.</returns>
    public bool Drain(TimeSpan timeout)
    {
        var request = new FlushRequest();
        Join(request);
        request.Arrive();
        return request.Task.Wait(timeout) && _added == Volatile.Read(ref _taken);
    }

    /// <summary>Ends the thread, which disposes the sink, and waits for it.</summary>
    /// <returns>Whether it ended in time.</returns>
    public bool Stop(TimeSpan timeout)
    {
        _stopping = true;
        _wake.Set();
        return _thread.Join(timeout);
    }

    private bool TryReserve(int bytes, out byte* entry)
    {
        // An entry does not wrap around: what is left at the end is skipped. Headers are a multiple of 8 bytes, so there is room for the mark.
        int offset = (int)(_added % Capacity);
        int skipped = Capacity - offset < bytes ? Capacity - offset : 0;
        while (Capacity - (_added - Volatile.Read(ref _taken)) < skipped + bytes)
        {
            if (Hangs() is not null)
            {
                entry = null;
                return false;
            }

            _wake.Set();
            _backendWaits = true;
            _roomFreed.WaitOne(TimeSpan.FromMilliseconds(10));
        }

        _backendWaits = false;
        if (skipped > 0)
        {
            *(long*)(_start + offset) = Skip;
            Volatile.Write(ref _added, _added + skipped);
        }

        entry = _start + (_added % Capacity);
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
            byte* entry = _start + (_taken % Capacity);
            int bytes = *(long*)entry == Skip ? Capacity - (int)(_taken % Capacity) : Deliver((Header*)entry);

            Volatile.Write(ref _taken, _taken + bytes);
            NoteCall();
            if (_backendWaits && Capacity - (Volatile.Read(ref _added) - _taken) >= Capacity / 2)
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
            // As the backend found them: by now the run may be further on.
            _decoder.Correlate(RunOf(entry->Run), entry->HasStep != 0 ? entry->Step : null, entry->ContextBytes == 0 ? null : record + recordBytes);
            _route.Deliver(new LogRecord(_decoder));
        }
        catch (Exception exception)
        {
            // An error in here is ours; the training loop must not die of it.
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

    // A call that has returned, or a thread that has woken: what follows is another call.
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

    /// <summary>What stands before a record in the queue. Behind it stand the record and, where there is one, that of its context.</summary>
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
