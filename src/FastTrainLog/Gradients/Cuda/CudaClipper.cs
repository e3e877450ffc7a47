namespace FastTrainLog.Gradients.Cuda;

/// <summary>Issues the two kernels of a step, three with histograms, on a device; what they found is read some steps later.</summary>
/// <remarks>
/// <see cref="TryClip"/> and <see cref="Dispose"/> belong to the training thread: neither a synchronisation nor a copy from the device is
/// among the driver calls of a step. <see cref="Statistics"/> may be read on another thread; it makes no driver call.
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
    private ulong _newestStep; // the highest sequence known to be issued
    private ulong _newestStepBefore;
    private volatile string? _failure;
    private volatile bool _disposed;

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

    /// <summary>Gets why the clipper gave up on the device, or null while it works.</summary>
    public string? Failure => _failure;

    /// <summary>Gets or sets how long <see cref="Dispose"/> waits for the device at most.</summary>
    public TimeSpan DisposeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets the device address of a float32 that each step sets to 1 when its gradients held a NaN or an infinity and to 0 when not, as the
    /// <c>found_inf</c> of a loss scaler: an optimiser's kernel on the same stream may read it.
    /// </summary>
    public ulong FoundInfAddress => _launch.State;

    /// <summary>Gets what the device found.</summary>
    public StatisticsReader Statistics => _reader;

    /// <summary>
    /// Gets a value indicating whether half of the ring has been issued since the last step read, or half of the histograms' ring in as many steps as
    /// fill it. It is true for every quarter only, so that whoever wakes a reader by it does so rarely. For the thread that issues.
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

    /// <summary>Gets the number of non-finite steps up to the newest that the device has finished, whether read yet or not.</summary>
    public long NonFiniteSteps => (long)_reader.Newest().NonFiniteSteps;

    /// <summary>Gets the number of clipped steps up to the newest that the device has finished, whether read yet or not.</summary>
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
            Fail(unavailable);
            return false;
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
            Fail(unavailable);
            return false;
        }
    }

    /// <summary>
    /// Waits for the device, for <see cref="DisposeTimeout"/> at most, and frees its memory; records not read by then are gone. Where the device takes
    /// longer, its memory is left to it until it has finished, and <see cref="Failure"/> says so.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;

        // The driver waits without a limit, so another thread waits for it, and frees the memory whenever that may be.
        var end = new Thread(End) { IsBackground = true, Name = "FastTrainLog end of a device" };
        end.Start();
        if (!end.Join(DisposeTimeout))
        {
            _failure ??= $"cuda:{_device.Ordinal} had not finished {DisposeTimeout.TotalSeconds:0.#} s after its clipper was disposed of; its memory stays taken until it has";
        }
    }

    private void End()
    {
        // A lost context fails every call, and its memory is gone with it: results are of no use here.
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
        _launch.Step = capturing ? -1 : step;
        _launch.InverseScale = inverseScale;
        _launch.InverseScaleAddress = inverseScaleAddress;
        Launch(_device.MeasureFunction, "ftl_measure", _launch.ChunkCount, stream);
        if (!capturing)
        {
            // Replays of a graph are counted by the device alone.
            (_newestStepBefore, _newestStep) = (_newestStep, Math.Max(_newestStep + 1, _reader.Published));
        }

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
            DeviceLists.RequireNoCapture(capturing);
            _lists.Clear(_launch.State, sizeof(KernelState), stream);
            _issued = true;
        }
    }
}
