namespace FastTrainLog.Gradients.Cuda;

/// <summary>Issues the two kernels of a step on a device and reads, some steps later, what they found.</summary>
/// <remarks>
/// <para>
/// <see cref="TryClip"/> and <see cref="Dispose"/> belong to the training thread: neither a synchronisation nor a copy from the device is
/// among the driver calls of a step. <see cref="TryRead"/> belongs to one reading thread, which may be another; it makes no driver call.
/// </para>
/// <para>
/// The device is told of the tensor list only when it changes: all of it when a length, a type or a name did, the addresses alone when
/// pointers did. Memory that grew out of use is kept until <see cref="Dispose"/>, because freeing it would wait for the device.
/// </para>
/// </remarks>
internal sealed unsafe class CudaClipper : IDisposable
{
    private const int CapturedStatus = 1;

    private readonly CudaDriver _driver;
    private readonly CudaDevice _device;
    private readonly TorchStream? _torchStream;
    private readonly CudaTuning _tuning;
    private readonly Lock _reading = new();
    private readonly List<ulong> _allocations = [];
    private readonly List<StagingBuffer> _staging = [];
    private KernelLaunch _launch;
    private CudaWorkspace _workspace;
    private ChunkPlan? _plan;
    private bool _stale;
    private volatile StatisticsRing[] _rings = [];
    private volatile TensorList[] _lists = [];
    private nint _streamChanged;
    private nint _lastStream;
    private bool _issued;
    private volatile string? _failure;
    private volatile bool _disposed;

    private long _issuedSteps;
    private ulong _next = 1;
    private long _overruns;
    private long _nonFiniteStepsRead;
    private TensorRecord[] _tensorRecords = [];
    private LayerStatistics[] _layers = [];
    private int _layerCount;
    private StabilityScore _stability;

    /// <summary>Initializes a new instance of the <see cref="CudaClipper"/> class.</summary>
    /// <param name="device">The device; disposed of with the clipper.</param>
    /// <param name="options">Limit and policy.</param>
    /// <param name="tuning">Sizes.</param>
    /// <param name="torchStream">How to find torch's current stream, null where torch offers no way.</param>
    /// <exception cref="CudaUnavailableException">Memory or an event cannot be had.</exception>
    public CudaClipper(CudaDevice device, GradientClipperOptions options, CudaTuning tuning, TorchStream? torchStream)
    {
        _device = device;
        _driver = device.Driver;
        _tuning = tuning;
        _torchStream = torchStream;
        _launch.Take(options);
        using (device.Enter())
        {
            _streamChanged = device.CreateEvent();
            try
            {
                _launch.State = Allocate(sizeof(KernelState));
                if (_launch.HistoryCapacity > 0)
                {
                    _launch.History = Allocate(3L * sizeof(double) * _launch.HistoryCapacity);
                }
            }
            catch (CudaUnavailableException)
            {
                Free();
                throw;
            }
        }
    }

    /// <summary>Gets why the clipper gave up on the device, or null while it works.</summary>
    public string? Failure => _failure;

    /// <summary>
    /// Gets the device address of a float32 that each step sets to 1 when its gradients held a NaN or an infinity and to 0 when not, as the
    /// <c>found_inf</c> of a loss scaler: an optimiser's kernel on the same stream may read it.
    /// </summary>
    public ulong FoundInfAddress => _launch.State;

    /// <summary>Gets the number of steps whose records were overwritten before they were read.</summary>
    public long Overruns => Volatile.Read(ref _overruns);

    /// <summary>Gets the number of non-finite steps up to the one that <see cref="TryRead"/> returned last, those lost included.</summary>
    public long NonFiniteStepsRead => Volatile.Read(ref _nonFiniteStepsRead);

    /// <summary>
    /// Gets a value indicating whether half of the ring has been issued since the last step read. It is true for every quarter of the ring only, so
    /// that whoever wakes a reader by it does so rarely. For the thread that issues.
    /// </summary>
    public bool IsReadingDue
    {
        get
        {
            int slots = _rings[^1].Slots;
            return _issuedSteps + 1 - (long)Volatile.Read(ref _next) >= slots / 2 && _issuedSteps % Math.Max(1, slots / 4) == 0;
        }
    }

    /// <summary>Gets the statistics of each layer in the step that <see cref="TryRead"/> returned last.</summary>
    public ReadOnlySpan<LayerStatistics> Layers => _layers.AsSpan(0, _layerCount);

    /// <summary>Gets the number of non-finite steps up to the newest that the device has finished, whether read yet or not.</summary>
    public long NonFiniteSteps => (long)Newest().NonFiniteSteps;

    /// <summary>Gets the number of clipped steps up to the newest that the device has finished, whether read yet or not.</summary>
    public long ClippedSteps => (long)Newest().ClippedSteps;

    /// <summary>Opens a device for clipping.</summary>
    /// <param name="ordinal">The device's ordinal.</param>
    /// <param name="options">Limit and policy.</param>
    /// <param name="library">The driver's library.</param>
    /// <returns>The clipper.</returns>
    /// <exception cref="CudaUnavailableException">The device cannot be used.</exception>
    public static CudaClipper Open(int ordinal, GradientClipperOptions options, string library)
    {
        var device = new CudaDevice(CudaDriver.Load(library), ordinal, CudaDevice.EmbeddedPtx());
        try
        {
            return new CudaClipper(device, options, CudaTuning.Default, TorchStream.TryBind());
        }
        catch (CudaUnavailableException)
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Issues one step.</summary>
    /// <param name="gradients">The gradients, all on this device. Their memory must stay until the work issued has run.</param>
    /// <param name="step">The training step; a stream that is being captured counts steps on the device instead.</param>
    /// <param name="inverseScale">One over the loss scale.</param>
    /// <param name="stream">The stream, or null for torch's current one (the legacy default stream where torch does not say).</param>
    /// <param name="inverseScaleAddress">The device address of a float32 that holds one over the loss scale, 0 to use the value given.</param>
    /// <returns>False when the device has failed, now or before; the gradients are then as they were, or the context is lost.</returns>
    /// <exception cref="ArgumentException">A buffer is invalid; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured and the list is not the one of the step before.</exception>
    public bool TryClip(
        ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale = 1.0, nint? stream = null, ulong inverseScaleAddress = 0)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failure is not null)
        {
            return false;
        }

        try
        {
            using (_device.Enter())
            {
                Issue(gradients, step, inverseScale, stream ?? _torchStream?.Current(_device.Ordinal) ?? 0, inverseScaleAddress);
            }

            return true;
        }
        catch (CudaUnavailableException unavailable)
        {
            _failure = unavailable.Message;
            return false;
        }
    }

    /// <summary>Takes the next step's statistics out of the ring, in the order of the steps; waits for nothing.</summary>
    /// <param name="statistics">The statistics; <see cref="Layers"/> has each layer's until the next call.</param>
    /// <returns>False when no further step has been finished.</returns>
    public bool TryRead(out GradientStatistics statistics)
    {
        lock (_reading)
        {
            if (!_disposed)
            {
                StatisticsRing[] rings = _rings;
                ulong published = 0;
                foreach (StatisticsRing ring in rings)
                {
                    published = Math.Max(published, ring.Published);
                }

                for (; _next <= published; _next++)
                {
                    foreach (StatisticsRing ring in rings)
                    {
                        if (ring.TryCopy(_next, out StepRecord record, Room(ring.TensorCapacity)))
                        {
                            Volatile.Write(ref _next, _next + 1);
                            Volatile.Write(ref _nonFiniteStepsRead, (long)record.NonFiniteSteps);
                            statistics = Describe(record);
                            return true;
                        }
                    }

                    // It was published and is there no longer: the device has come round to its slot.
                    Volatile.Write(ref _overruns, _overruns + 1);
                }
            }

            statistics = default;
            return false;
        }
    }

    /// <summary>Looks for a non-finite step among those finished, without taking it out of the ring.</summary>
    /// <param name="ordinal">Which one: 1 for the first.</param>
    /// <param name="statistics">Its statistics, without a stability score; of a later one when its own record was overwritten.</param>
    /// <returns>False when so many have not been finished.</returns>
    public bool TryFindNonFinite(long ordinal, out GradientStatistics statistics)
    {
        lock (_reading)
        {
            bool found = false;
            statistics = default;
            if ((long)Newest().NonFiniteSteps < ordinal)
            {
                return false;
            }

            foreach (StatisticsRing ring in _disposed ? [] : _rings)
            {
                ulong newest = ring.Published;
                ulong oldest = newest - Math.Min(newest, (ulong)ring.Slots - 1);
                for (ulong sequence = Math.Max(1, oldest); sequence <= newest && !found; sequence++)
                {
                    found = ring.TryCopy(sequence, out StepRecord record, []) && (record.NaNs | record.Infinities) != 0
                        && (long)record.NonFiniteSteps >= ordinal;
                    statistics = found ? Total(record, ListOf(record.List)) : default;
                }
            }

            return found;
        }
    }

    /// <summary>Waits until the device has done all that was issued, so that every record can be read: for the end of a run.</summary>
    /// <returns>False when the device has failed.</returns>
    public bool Synchronize()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failure is not null)
        {
            return false;
        }

        try
        {
            using (_device.Enter())
            {
                _driver.Check(_driver.CtxSynchronize(), "cuCtxSynchronize");
            }

            return true;
        }
        catch (CudaUnavailableException unavailable)
        {
            _failure = unavailable.Message;
            return false;
        }
    }

    /// <summary>Waits for the device and frees its memory; records not read by then are gone.</summary>
    public void Dispose()
    {
        lock (_reading)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        // A lost context fails every call, and its memory is gone with it: results are of no use here.
        try
        {
            using (_device.Enter())
            {
                _driver.CtxSynchronize();
                Free();
            }
        }
        catch (CudaUnavailableException lost)
        {
            _failure ??= lost.Message;
        }

        _device.Dispose();
    }

    private void Free()
    {
        foreach (ulong allocation in _allocations)
        {
            _driver.MemFree(allocation);
        }

        foreach (StatisticsRing ring in _rings)
        {
            _driver.MemFreeHost(ring.Memory);
        }

        foreach (StagingBuffer staging in _staging)
        {
            _driver.EventDestroy(staging.Uploaded);
            _driver.MemFreeHost(staging.Memory);
        }

        _driver.EventDestroy(_streamChanged);
    }

    private void Issue(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale, nint stream, ulong inverseScaleAddress)
    {
        bool capturing = IsCapturing(stream);
        FollowStream(stream, capturing);
        TakeList(gradients, stream, capturing);
        _launch.Step = capturing ? -1 : step;
        _launch.InverseScale = inverseScale;
        _launch.InverseScaleAddress = inverseScaleAddress;
        Launch(_device.MeasureFunction, "ftl_measure", _launch.ChunkCount, stream);
        _issuedSteps++;
        if (!_launch.NeverWrites)
        {
            uint groups = Math.Min(_launch.ChunkCount, (uint)(_device.Multiprocessors * _tuning.BlocksPerMultiprocessor));
            Launch(_device.ApplyFunction, "ftl_apply", groups, stream);
        }
    }

    private void Launch(nint function, string name, uint groups, nint stream)
    {
        fixed (KernelLaunch* launch = &_launch)
        {
            void* parameter = launch;
            int result = _driver.LaunchKernel(function, groups, 1, 1, (uint)_tuning.Threads, 1, 1, 0, stream, &parameter, null);
            if (result != CudaDriver.Success)
            {
                throw new CudaUnavailableException($"the launch of {name} on cuda:{_device.Ordinal} failed with {_driver.Describe(result)}");
            }
        }
    }

    private bool IsCapturing(nint stream)
    {
        int status = 0;
        return _driver.StreamIsCapturing != null && _driver.StreamIsCapturing(stream, &status) == CudaDriver.Success && status == CapturedStatus;
    }

    // State, workspace and ring are used by one step after another: a step on another stream must come after the last one's.
    private void FollowStream(nint stream, bool capturing)
    {
        if (_issued && stream != _lastStream && !capturing)
        {
            _driver.Check(_driver.EventRecord(_streamChanged, _lastStream), "cuEventRecord");
            _driver.Check(_driver.StreamWaitEvent(stream, _streamChanged, 0), "cuStreamWaitEvent");
        }

        if (!capturing)
        {
            _lastStream = stream;
        }

        if (!_issued)
        {
            RequireNoCapture(capturing);
            Clear(_launch.State, sizeof(KernelState), stream);
            _issued = true;
        }
    }

    private void TakeList(ReadOnlySpan<GradientBuffer> gradients, nint stream, bool capturing)
    {
        // A list refused half-way leaves the plan with pointers that the device has not been told of.
        bool stale = _stale;
        _stale = true;
        bool moved = false;
        if (_plan is null || !_plan.TryTakePointers(gradients, _device.Ordinal, out moved))
        {
            ChunkPlan plan = ChunkPlan.Of(gradients, _device.Ordinal, _tuning.ChunkBytes);
            RequireNoCapture(capturing);
            TakePlan(plan, stream);
            Upload(plan, withChunks: true, stream);
            _plan = plan;
        }
        else if (moved || stale)
        {
            RequireNoCapture(capturing);
            Upload(_plan, withChunks: false, stream);
        }

        _stale = false;

        if (capturing)
        {
            _lists[^1].Captured = true;
        }
    }

    private static void RequireNoCapture(bool capturing)
    {
        if (capturing)
        {
            throw new InvalidOperationException(
                "The stream is being captured and the gradients are not those of the step before. Clip the same tensors once on the stream " +
                "before cuStreamBeginCapture, and keep their memory (optimizer.zero_grad with set_to_none: false).");
        }
    }

    private void TakePlan(ChunkPlan plan, nint stream)
    {
        int tensors = plan.Tensors.Length;
        if (_workspace.Base == 0 || tensors > _workspace.TensorCapacity || plan.Chunks.Length > _workspace.ChunkCapacity)
        {
            _workspace = new CudaWorkspace(
                _device,
                Math.Max(tensors, 2 * _workspace.TensorCapacity),
                Math.Max(plan.Chunks.Length, 2 * _workspace.ChunkCapacity));
            _allocations.Add(_workspace.Base);
            Clear(_workspace.Base, _workspace.Bytes, stream);
        }

        if (_rings.Length == 0 || tensors > _rings[^1].TensorCapacity)
        {
            AddRing(_rings.Length == 0 ? tensors : Math.Max(tensors, 2 * _rings[^1].TensorCapacity));
        }

        // Empty tensors have no block that would write their sums; other names start AdaGC's averages again.
        Clear(_workspace.TensorSums, (long)sizeof(KernelSums) * tensors, stream);
        Clear(_workspace.Averages, sizeof(double) * (tensors + 1L), stream);
        AddList(plan);
        StatisticsRing ring = _rings[^1];
        _launch.Tensors = _workspace.Tensors;
        _launch.Chunks = _workspace.Tensors + (ulong)(sizeof(DeviceTensor) * (long)tensors);
        _launch.ChunkSums = _workspace.ChunkSums;
        _launch.TensorSums = _workspace.TensorSums;
        _launch.Verdicts = _workspace.Verdicts;
        _launch.Tickets = _workspace.Tickets;
        _launch.Averages = _workspace.Averages;
        _launch.Ring = ring.DeviceAddress;
        _launch.SlotCount = (uint)ring.Slots;
        _launch.SlotBytes = (ulong)ring.SlotBytes;
        _launch.List = _lists[^1].Id;
        _launch.TensorCount = (uint)plan.Buffers.Length;
        _launch.ChunkCount = (uint)plan.Chunks.Length;
        _launch.FilledTensors = (uint)plan.FilledTensors;
        _launch.ChunkBytes = (uint)plan.ChunkBytes;
    }

    private void AddRing(int tensors)
    {
        int slots = _tuning.RingSlots > 0 ? _tuning.RingSlots : StatisticsRing.SlotsFor(tensors);
        void* memory = _device.AllocatePinned(StatisticsRing.BytesFor(tensors, slots), out ulong deviceAddress);
        _rings = [.. _rings, new StatisticsRing((byte*)memory, deviceAddress, tensors, slots)];
    }

    private void AddList(ChunkPlan plan)
    {
        int tensors = plan.Buffers.Length;
        var names = new string[tensors];
        var counts = new long[tensors];
        for (int i = 0; i < tensors; i++)
        {
            names[i] = plan.Buffers[i].Name;
            counts[i] = plan.Buffers[i].Count;
        }

        ulong id = _lists.Length == 0 ? 1 : _lists[^1].Id + 1;
        var added = new TensorList(id, names, counts, plan.ElementCount);
        lock (_reading)
        {
            _lists = [.. _lists, added];
        }
    }

    private void Upload(ChunkPlan plan, bool withChunks, nint stream)
    {
        int tensors = plan.Tensors.Length;
        long tensorBytes = (long)sizeof(DeviceTensor) * tensors;
        long bytes = tensorBytes + (withChunks ? (long)sizeof(uint) * plan.Chunks.Length : 0);
        StagingBuffer staging = FreeStaging(bytes);
        plan.Tensors.CopyTo(new Span<DeviceTensor>(staging.Memory, tensors));
        if (withChunks)
        {
            plan.Chunks.CopyTo(new Span<uint>((byte*)staging.Memory + tensorBytes, plan.Chunks.Length));
        }

        _driver.Check(_driver.MemcpyHtoDAsync(_launch.Tensors, staging.Memory, (nuint)bytes, stream), "cuMemcpyHtoDAsync");
        _driver.Check(_driver.EventRecord(staging.Uploaded, stream), "cuEventRecord");
    }

    // A buffer whose upload has not run yet must not be overwritten, and nothing here may wait: then there is one more.
    private StagingBuffer FreeStaging(long bytes)
    {
        foreach (StagingBuffer known in _staging)
        {
            if (known.Bytes >= bytes)
            {
                int result = _driver.EventQuery(known.Uploaded);
                if (result == CudaDriver.Success)
                {
                    return known;
                }

                if (result != CudaDriver.NotReady)
                {
                    _driver.Check(result, "cuEventQuery");
                }
            }
        }

        nint uploaded = _device.CreateEvent();
        try
        {
            var added = new StagingBuffer(_device.AllocatePinned(bytes, out _), bytes, uploaded);
            _staging.Add(added);
            return added;
        }
        catch (CudaUnavailableException)
        {
            _driver.EventDestroy(uploaded);
            throw;
        }
    }

    private ulong Allocate(long bytes)
    {
        ulong address = _device.Allocate(bytes);
        _allocations.Add(address);
        return address;
    }

    private void Clear(ulong address, long bytes, nint stream)
        => _driver.Check(_driver.MemsetD8Async(address, 0, (nuint)bytes, stream), "cuMemsetD8Async");

    private TensorRecord[] Room(int tensors)
    {
        if (_tensorRecords.Length < tensors)
        {
            _tensorRecords = new TensorRecord[tensors];
            _layers = new LayerStatistics[tensors];
        }

        return _tensorRecords;
    }

    // The newest record, all zero when there is none yet.
    private StepRecord Newest()
    {
        lock (_reading)
        {
            StepRecord newest = default;
            foreach (StatisticsRing ring in _disposed ? [] : _rings)
            {
                // A slot that is overwritten meanwhile is no loss: then there is a newer one to look at.
                ulong published = ring.Published;
                StepRecord record;
                while (!ring.TryCopy(published, out record, []) && published != ring.Published)
                {
                    published = ring.Published;
                }

                newest = record.Sequence > newest.Sequence ? record : newest;
            }

            return newest;
        }
    }

    private GradientStatistics Describe(in StepRecord record)
    {
        TensorList list = ListOf(record.List);
        Forget(before: record.List);
        _layerCount = (int)record.TensorCount;
        for (int i = 0; i < _layerCount; i++)
        {
            ref readonly TensorRecord tensor = ref _tensorRecords[i];
            _layers[i] = new LayerStatistics
            {
                Name = list.Names[i],
                ElementCount = list.Counts[i],
                Norm = tensor.Norm,
                AbsoluteMaximum = tensor.Largest,
                NaNCount = (long)tensor.NaNs,
                InfinityCount = (long)tensor.Infinities,
                ZeroCount = (long)tensor.Zeros,
                Coefficient = tensor.Coefficient,
            };
        }

        return Total(record, list) with
        {
            StabilityScore = _stability.Update(record.Norm, nonFinite: (record.NaNs | record.Infinities) != 0),
        };
    }

    private static GradientStatistics Total(in StepRecord record, TensorList list) => new()
    {
        Step = record.Step,
        LayerCount = (int)record.TensorCount,
        ElementCount = list.ElementCount,
        Norm = record.Norm,
        AbsoluteMaximum = record.Largest,
        NaNCount = (long)record.NaNs,
        InfinityCount = (long)record.Infinities,
        ZeroCount = (long)record.Zeros,
        Threshold = record.Threshold,
        Coefficient = record.Coefficient,
        Action = (GradientAction)record.Action,
        FirstNonFiniteIndex = (int)record.FirstNonFinite,
        FirstNonFinite = record.FirstNonFinite < 0 ? null : list.Names[record.FirstNonFinite],
        ClippingRatio = (double)record.ClippedSteps / record.Sequence,
    };

    private TensorList ListOf(ulong id)
    {
        int place = 0;
        while (_lists[place].Id != id)
        {
            place++;
        }

        return _lists[place];
    }

    // Records are read in order, so lists older than the one read now will not be asked for again, unless a captured graph replays one.
    private void Forget(ulong before)
    {
        // Almost always there is nothing to forget, and then this must not allocate.
        int stale = 0;
        foreach (TensorList list in _lists)
        {
            stale += list.Id < before && !list.Captured ? 1 : 0;
        }

        if (stale == 0)
        {
            return;
        }

        var kept = new List<TensorList>(_lists.Length - stale);
        foreach (TensorList list in _lists)
        {
            if (list.Id >= before || list.Captured)
            {
                kept.Add(list);
            }
        }

        _lists = [.. kept];
    }
}
