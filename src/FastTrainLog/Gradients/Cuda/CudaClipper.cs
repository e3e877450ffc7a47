using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>Launches the kernels of a step on a device (two, or three with histograms); their results are read some steps later.</summary>
/// <remarks>
/// <see cref="TryClip"/> and <see cref="Dispose"/> belong to the training thread: a step makes
/// no driver call that synchronises or copies from the device. <see cref="Statistics"/> may be read on another thread; it makes no driver call.
/// </remarks>
internal sealed unsafe class CudaClipper : IDisposable
{
    private const int CapturedStatus = 1;

    private readonly CudaDriver _driver;
    private readonly CudaDevice _device;
    private readonly TorchStream? _torchStream;
    private readonly CudaTuning _tuning;
    private readonly StatisticsReader _reader = new();
    private readonly DeviceLists _lists;
    private KernelLaunch _launch;
    private nint _streamChanged;
    private nint _lastStream;
    private bool _issued;
    private LimitState? _loaded;
    private ulong _newestStep; // the highest sequence known to be issued
    private ulong _newestStepBefore;
    private volatile string? _failure;
    private volatile bool _disposed;

    /// <summary>Initializes a new instance of the <see cref="CudaClipper"/> class.</summary>
    /// <param name="device">The device; disposed of with the clipper.</param>
    /// <param name="options">Limit and policy.</param>
    /// <param name="tuning">Sizes.</param>
    /// <param name="torchStream">Finds torch's current stream; null if torch has no function for it.</param>
    /// <exception cref="CudaUnavailableException">Memory or an event cannot be allocated.</exception>
    public CudaClipper(CudaDevice device, GradientClipperOptions options, CudaTuning tuning, TorchStream? torchStream)
    {
        _device = device;
        _driver = device.Driver;
        _tuning = tuning;
        _lists = new DeviceLists(device, tuning, _reader);
        _torchStream = torchStream;
        _launch.Take(options);
        using (device.Enter())
        {
            _streamChanged = device.CreateEvent();
            try
            {
                _launch.State = _lists.Allocate(sizeof(KernelState));
                if (_launch.HistoryCapacity > 0)
                {
                    _launch.History = _lists.Allocate(3L * sizeof(double) * _launch.HistoryCapacity);
                }
            }
            catch (CudaUnavailableException)
            {
                Free();
                throw;
            }
        }
    }

    /// <summary>Gets why the clipper stopped using the device, or null while it works.</summary>
    public string? Failure => _failure;

    /// <summary>Gets or sets the maximum time that <see cref="Dispose"/> waits for the device.</summary>
    public TimeSpan DisposeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets the device address of a float32 that each step sets to 1 when its gradients contain a NaN or an infinity and to 0 when not, as the
    /// <c>found_inf</c> of a loss scaler: an optimiser's kernel on the same stream may read it.
    /// </summary>
    public ulong FoundInfAddress => _launch.State;

    /// <summary>Gets the number of elements in the newest list, each piece of memory once.</summary>
    public long ElementCount => _reader.NewestList?.ElementCount ?? 0;

    /// <summary>Gets the results of the device.</summary>
    public StatisticsReader Statistics => _reader;

    /// <summary>
    /// Gets a value indicating whether half of the ring has been issued since the last step read, or half of the histograms' ring in as many steps as
    /// fill it. It is true only once for each quarter of that number of steps, so that a reader is woken rarely. For the thread that launches.
    /// </summary>
    public bool IsReadingDue
    {
        get
        {
            long slots = _reader.Rings[^1].Slots;
            if (_launch.HistogramEvery > 0)
            {
                slots = Math.Min(slots, (long)_reader.HistogramRings[^1].Slots * _launch.HistogramEvery);
            }

            ulong quarter = (ulong)Math.Max(1, slots / 4);
            return (long)(_newestStep + 1 - _reader.Next) >= slots / 2 && _newestStep / quarter != _newestStepBefore / quarter;
        }
    }

    /// <summary>Gets the number of non-finite steps up to the newest that the device has finished, whether or not it has been read.</summary>
    public long NonFiniteSteps => (long)_reader.Newest().NonFiniteSteps;

    /// <summary>Gets the number of clipped steps up to the newest that the device has finished, whether or not it has been read.</summary>
    public long ClippedSteps => (long)_reader.Newest().ClippedSteps;

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
    /// <param name="gradients">The gradients, all on this device. Their memory must stay valid until the issued work has run.</param>
    /// <param name="step">The training step, which may be negative; for a stream that is being captured, the device counts steps instead.</param>
    /// <param name="inverseScale">One over the loss scale.</param>
    /// <param name="stream">The stream, or null for torch's current one (the legacy default stream if torch does not report one).</param>
    /// <param name="inverseScaleAddress">The device address of a float32 that contains one over the loss scale, or 0 to use <paramref name="inverseScale"/>.</param>
    /// <returns>False if the device has failed, now or before; the gradients are then unchanged, or the context is lost.</returns>
    /// <exception cref="ArgumentException">A buffer is invalid; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured and the list is not that of the previous step.</exception>
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
            Fail(unavailable);
            return false;
        }
    }

    /// <summary>Waits until the device has finished all issued work, so that every record can be read: for the end of a run.</summary>
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
            Fail(unavailable);
            return false;
        }
    }

    /// <summary>Restores a saved state; call it before the first step.</summary>
    /// <param name="state">The state of a clipper with the same kind of limit.</param>
    public void Load(GradientClipperState state)
    {
        _loaded = state.Limit;
        _lists.Loaded = state.Limit;
        _reader.Load(state);
    }

    /// <summary>Waits for the device and returns the limit's history on it.</summary>
    /// <param name="limit">The limit.</param>
    /// <exception cref="CudaUnavailableException">The device has failed.</exception>
    public LimitState SaveLimit(GradientLimit limit)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using (_device.Enter())
        {
            _driver.Check(_driver.CtxSynchronize(), "cuCtxSynchronize");
            KernelState state = default;
            _device.CopyToHost(_launch.State, MemoryMarshal.AsBytes(new Span<KernelState>(ref state)));
            return limit switch
            {
                AutoClipLimit => new LimitState { Kind = LimitState.KindOf(limit), Seen = (long)Math.Min(state.Seen, _launch.HistoryCapacity), Norms = SaveNorms(state) },
                ZClipLimit => new LimitState
                {
                    Kind = LimitState.KindOf(limit),
                    Seen = (long)state.Seen,
                    Mean = state.Mean,
                    Variance = state.Variance,
                    WarmupSquares = state.WarmupSquares,
                },
                AdaGCLimit => _lists.SaveAverages(_launch.Averages),
                _ => new LimitState { Kind = LimitState.KindOf(limit) },
            };
        }
    }

    /// <summary>
    /// Waits for the device, for <see cref="DisposeTimeout"/> at most, and frees its memory; records not read by then are lost. If the device takes
    /// longer, its memory is not freed until it has finished, and <see cref="Failure"/> reports it.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;

        // The driver waits without a timeout, so another thread waits for it and then frees the memory.
        var end = new Thread(End) { IsBackground = true, Name = "FastTrainLog end of a device" };
        end.Start();
        if (!end.Join(DisposeTimeout))
        {
            _failure ??= $"cuda:{_device.Ordinal} had not finished {DisposeTimeout.TotalSeconds:0.#} s after its clipper was disposed of; its memory is not freed until it has";
        }
    }

    private void End()
    {
        // With a lost context every call fails and the memory is freed already, so results are ignored.
        try
        {
            using (_device.Enter())
            {
                _driver.CtxSynchronize();
                _reader.Close();
                Free();
            }
        }
        catch (CudaUnavailableException lost)
        {
            _reader.Close();
            _failure ??= lost.Message;
        }

        _device.Dispose();
    }

    private double[] SaveNorms(in KernelState state)
    {
        int capacity = (int)_launch.HistoryCapacity;
        var byTime = new double[capacity];
        _device.CopyToHost(_launch.History, MemoryMarshal.AsBytes(byTime.AsSpan()));
        int count = (int)Math.Min(state.Seen, (ulong)capacity);
        var norms = new double[count];
        for (int i = 0; i < count; i++)
        {
            norms[i] = byTime[((int)state.Oldest + capacity - count + i) % capacity];
        }

        return norms;
    }

    // AdaGC's state is stored with the list of its layers.
    private void Upload(LimitState loaded, nint stream)
    {
        KernelState state = default;
        (state.Mean, state.Variance, state.WarmupSquares) = (loaded.Mean ?? 0.0, loaded.Variance ?? 0.0, loaded.WarmupSquares ?? 0.0);
        state.Seen = (ulong)loaded.Seen;
        if (loaded.Norms is not null)
        {
            int capacity = (int)_launch.HistoryCapacity;
            double[] norms = loaded.Norms.Length > capacity ? loaded.Norms[^capacity..] : loaded.Norms;
            state.Seen = (ulong)norms.Length;
            state.Oldest = norms.Length == capacity ? 0 : (ulong)norms.Length;
            var history = new double[3 * capacity];
            norms.CopyTo(history, 0);
            Span<double> bySize = history.AsSpan(capacity * (1 + (norms.Length & 1)), norms.Length);
            norms.CopyTo(bySize);
            bySize.Sort();
            _lists.Upload(_launch.History, history, stream);
        }

        // The struct's size is a multiple of eight bytes.
        _lists.Upload(_launch.State, MemoryMarshal.Cast<KernelState, double>(new ReadOnlySpan<KernelState>(ref state)), stream);
    }

    private void Fail(CudaUnavailableException unavailable)
    {
        _failure = unavailable.Message;
        _reader.ExpectNoMoreHistograms();
    }

    private void Free()
    {
        _lists.Free();
        _driver.EventDestroy(_streamChanged);
    }

    private void Issue(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale, nint stream, ulong inverseScaleAddress)
    {
        bool capturing = IsCapturing(stream);
        FollowStream(stream, capturing);
        _lists.Take(gradients, stream, capturing, ref _launch);
        _launch.Step = capturing ? KernelLaunch.NextStep : step;
        _launch.InverseScale = inverseScale;
        _launch.InverseScaleAddress = inverseScaleAddress;
        ulong sequence = Math.Max(_newestStep, _reader.Published) + 1;
        _reader.UnderIssue = capturing ? 0 : sequence;
        try
        {
            LaunchAll(step, sequence, stream, capturing);
        }
        finally
        {
            _reader.UnderIssue = 0;
        }
    }

    private void LaunchAll(long step, ulong sequence, nint stream, bool capturing)
    {
        Launch(_device.MeasureFunction, "ftl_measure", _launch.ChunkCount, stream);
        if (!capturing)
        {
            // Only the device counts replays of a graph.
            (_newestStepBefore, _newestStep) = (_newestStep, Math.Max(_newestStep + 1, _reader.Published));
        }

        try
        {
            LaunchTheRest(stream);
        }
        catch (CudaUnavailableException) when (!capturing)
        {
            // The first kernel publishes a record although the last one does not run; the fallback performs and counts the step.
            _reader.Abandon(sequence, step);
            throw;
        }
    }

    private void LaunchTheRest(nint stream)
    {
        uint groups = Math.Min(_launch.ChunkCount, (uint)(_device.Multiprocessors * _tuning.BlocksPerMultiprocessor));
        if (_launch.HistogramEvery > 0)
        {
            Launch(_device.HistogramFunction, "ftl_histogram", groups, stream);
        }

        if (!_launch.NeverWrites)
        {
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

    // State, workspace and ring are shared by all steps: a step on another stream must run after the last step.
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
            DeviceLists.RequireNoCapture(capturing);
            _lists.Clear(_launch.State, sizeof(KernelState), stream);
            if (_loaded is not null)
            {
                Upload(_loaded, stream);
            }

            _issued = true;
        }
    }
}
