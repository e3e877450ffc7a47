using System.Runtime.CompilerServices;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.Gradients;

/// <summary>
/// Measures gradients in one pass over memory, limits them, and keeps a training run alive when they contain a NaN or an infinity.
/// </summary>
/// <remarks>
/// <para>
/// Gradients are written only if there is something to change: above the limit, at a loss scale other than 1, or on a non-finite
/// step whose policy requires it. A NaN or an infinity never spreads to other elements.
/// </para>
/// <para>
/// The constructor runs a few steps on its own small buffers, so that the first real step runs compiled code: this takes some
/// tens of milliseconds for the first clipper of a process and some tens of microseconds for each later one.
/// </para>
/// <para>
/// Gradients on a CUDA device are clipped there by kernels of this library: <see cref="Clip(ReadOnlySpan{GradientBuffer}, long, double)"/> launches them and returns at once, and the
/// statistics of the step are available from <see cref="TryRead"/> some steps later. docs/cuda.md lists the requirements.
/// </para>
/// <para>
/// One thread at a time may call <see cref="Clip(ReadOnlySpan{GradientBuffer}, long, double)"/>, <see cref="Measure"/> and <see cref="Layers"/>; <see cref="Mark"/>,
/// <see cref="NonFiniteSince"/> and the counters may be read from any thread. Once the list of buffers is known a call allocates nothing; a list of
/// other lengths, types or names causes an allocation, one with only other pointers does not.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// float[] weight = [3.0f, 4.0f];
/// using var clipper = new GradientClipper(new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0) });
/// GradientStatistics gradients = clipper.Clip([GradientBuffer.Of("weight", weight)], step: 1);
/// Console.WriteLine($"norm {gradients.Norm}, now {weight[0]} and {weight[1]}");   // norm 5, now 0.6 and 0.8
/// </code>
/// </example>
public sealed class GradientClipper : IDisposable
{
    private readonly GradientClipperOptions _options;
    private readonly HostClipper _host;
    private readonly CudaDispatch _cuda;
    private readonly GradientPins _pins = new();
    private long _issuedSteps;
    private bool _lastOnDevice;
    private IGradientFollower? _follower;
    private bool _fellBack;
    private bool _disposed;

    /// <summary>Initializes a new instance of the <see cref="GradientClipper"/> class.</summary>
    /// <param name="options">The settings; null for the defaults, which measure without a limit and skip non-finite steps.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public GradientClipper(GradientClipperOptions? options = null)
        : this(options, CpuKernel.Best)
    {
    }

    internal GradientClipper(GradientClipperOptions? options, SimdLevel level)
        : this(Validated(options ?? new GradientClipperOptions()), level, rehearse: true)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="GradientClipper"/> class with another function to open devices, for tests.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="openDevice">Opens the device of an ordinal, or throws <see cref="CudaUnavailableException"/>.</param>
    internal GradientClipper(GradientClipperOptions options, Func<int, CudaClipper> openDevice)
        : this(Validated(options), CpuKernel.Best, rehearse: false)
        => _cuda = new CudaDispatch(_options, openDevice);

    internal GradientClipper(GradientClipperOptions options, SimdLevel level, bool rehearse)
    {
        if (rehearse)
        {
            ClipperRehearsal.Run(options, level);
        }

        _options = options;
        _host = new HostClipper(options, level);
        _cuda = new CudaDispatch(options, ordinal => CudaClipper.Open(ordinal, options, CudaDriver.DefaultLibrary));
    }

    /// <summary>Gets the settings.</summary>
    public GradientClipperOptions Options => _options;

    /// <summary>Gets the number of steps clipped so far, including those whose gradients were within the limit.</summary>
    public long Steps => _host.Steps + Volatile.Read(ref _issuedSteps);

    /// <summary>Gets the number of steps in which the limit was exceeded; on a device, of those that it has finished.</summary>
    public long ClippedSteps => _host.ClippedSteps + (_cuda.Clipper?.ClippedSteps ?? 0);

    /// <summary>Gets the number of steps with a NaN or an infinity; on a device, of those that it has finished.</summary>
    public long NonFiniteSteps => _host.NonFiniteSteps + (_cuda.Clipper?.NonFiniteSteps ?? 0);

    /// <summary>
    /// Gets the statistics of each buffer, in the order of the list, in the last call or, for gradients on a device, in the step that
    /// <see cref="TryRead"/> returned last; overwritten by the next.
    /// </summary>
    public ReadOnlySpan<LayerStatistics> Layers => _lastOnDevice ? DeviceLayers : _host.Layers;

    /// <summary>Gets the number of steps on a device whose statistics were overwritten before <see cref="TryRead"/> read them.</summary>
    public long LostStatistics => _cuda.Clipper?.Statistics.Overruns ?? 0;

    /// <summary>Gets why gradients on a device cannot be clipped there by this library's kernels, or null if no reason is known.</summary>
    public string? DeviceFailure => _cuda.Failure;

    /// <summary>
    /// Gets the device address of a float32 that each step on the device sets to 1 when its gradients contain a NaN or an infinity and to 0 when
    /// not, as a loss scaler's <c>found_inf</c>, for kernels on the same stream; 0 before the first step on a device.
    /// </summary>
    public nint FoundInfAddress => (nint)(_cuda.Clipper?.FoundInfAddress ?? 0);

    /// <summary>
    /// Gets the number of histograms of steps on a device that were overwritten before <see cref="TryRead"/> read them; those of steps in
    /// <see cref="LostStatistics"/> are included.
    /// </summary>
    public long LostHistograms => _cuda.Clipper?.Statistics.LostHistograms ?? 0;

    /// <summary>Gets a value indicating whether the last step in host memory was one for histograms.</summary>
    internal bool HasHostHistograms => _host.HasHistograms;

    /// <summary>Gets a value indicating whether there are histograms of the step that <see cref="TryTake"/> returned last.</summary>
    internal bool HasDeviceHistograms => _cuda.Clipper?.Statistics.HasHistograms ?? false;

    /// <summary>Gets a value indicating whether a device has been opened.</summary>
    internal bool IsOnDevice => _cuda.Clipper is not null;

    /// <summary>Gets the statistics of each layer in the step that <see cref="TryTake"/> returned last.</summary>
    internal ReadOnlySpan<LayerStatistics> DeviceLayers => _cuda.Clipper is CudaClipper clipper ? clipper.Statistics.Layers : [];

    /// <summary>Gets the number of non-finite steps on a device up to the one that <see cref="TryTake"/> returned last, including lost ones.</summary>
    internal long NonFiniteStepsRead => _cuda.Clipper?.Statistics.NonFiniteStepsRead ?? 0;

    /// <summary>Gets the number of steps issued to a device whose statistics were neither taken nor reported as overwritten.</summary>
    internal long OutstandingSteps => _cuda.Clipper is CudaClipper clipper ? Math.Max(0, Volatile.Read(ref _issuedSteps) + 1 - (long)clipper.Statistics.Next) : 0;

    /// <summary>Gets a value indicating whether statistics should be read now, because many steps were issued since the last one read.</summary>
    internal bool IsReadingDue => _cuda.Clipper?.IsReadingDue ?? false;

    /// <summary>
    /// Gets the histogram of one buffer's magnitudes in the last step or, for gradients on a device, in the step that <see cref="TryRead"/> returned
    /// last, in the bins of <see cref="GradientHistogram"/>, with the loss scale divided out and before clipping.
    /// </summary>
    /// <param name="layer">The buffer's index in the list.</param>
    /// <returns>The counts; empty if that step had no histograms, or if they were overwritten before they could be read.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The list has no such index.</exception>
    public ReadOnlySpan<long> HistogramOf(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, Layers.Length);
        return _lastOnDevice ? DeviceHistogramOf(layer) : HasHostHistograms ? _host.HistogramOf(layer) : [];
    }

    /// <summary>Gets the histogram of a layer in the step that <see cref="TryTake"/> returned last; empty if there is none.</summary>
    internal ReadOnlySpan<long> DeviceHistogramOf(int layer) => _cuda.Clipper is CudaClipper clipper ? clipper.Statistics.HistogramOf(layer) : [];

    /// <summary>Marks this moment for <see cref="NonFiniteSince"/>: call it when a checkpoint is written.</summary>
    /// <returns>The moment.</returns>
    public GradientMark Mark() => new(NonFiniteSteps);

    /// <summary>Returns whether a non-finite step has occurred since a moment: a checkpoint guard that does not block.</summary>
    /// <param name="mark">The moment, taken with <see cref="Mark"/>; the default value is the creation of the clipper.</param>
    /// <returns>True when a NaN or an infinity has been seen since then.</returns>
    public bool NonFiniteSince(GradientMark mark) => NonFiniteSteps > mark.NonFiniteSteps;

    /// <summary>Measures the gradients of one step and applies the limit and the policy to them, in place.</summary>
    /// <param name="gradients">The gradients, on the host or all on one device; arrays and memories are pinned during the call.</param>
    /// <param name="step">The training step, as logged.</param>
    /// <param name="inverseScale">One over the loss scale; the gradients are multiplied by it. 1 for unscaled ones.</param>
    /// <returns>What was measured and done.</returns>
    /// <exception cref="ArgumentException">
    /// A buffer or the inverse scale is invalid, or two buffers partly overlap; the message names them.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">The gradients are not finite and the policy is to throw.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public GradientStatistics Clip(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale = 1.0)
    {
        if (!gradients.IsEmpty && !gradients[0].Device.IsCpu)
        {
            return ClipOnDevice(gradients, step, inverseScale, stream: null, inverseScaleAddress: 0);
        }

        Check(inverseScale);
        return Finish(GradientPins.AreNeeded(gradients) ? OnPinned(gradients, step, inverseScale, measureOnly: false) : _host.Clip(gradients, step, inverseScale));
    }

    /// <summary>Measures the gradient of one step, all of it in one span, and applies the limit and the policy to it, in place.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">Its name in the log.</param>
    /// <param name="gradient">The gradient, pinned during the call.</param>
    /// <param name="step">The training step, as logged.</param>
    /// <param name="inverseScale">One over the loss scale; the gradient is multiplied by it. 1 for an unscaled one.</param>
    /// <returns>What was measured and done.</returns>
    /// <exception cref="ArgumentException">The name is null or the inverse scale invalid.</exception>
    /// <exception cref="NotSupportedException">The element type is not one of the three.</exception>
    /// <exception cref="NonFiniteGradientException">The gradient is not finite and the policy is to throw.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public unsafe GradientStatistics Clip<T>(string name, Span<T> gradient, long step, double inverseScale = 1.0)
        where T : unmanaged
    {
        fixed (T* first = gradient)
        {
            return Clip([GradientBuffer.At(name, first, gradient.Length)], step, inverseScale);
        }
    }

    /// <summary>Measures the gradient of one step, all of it in one array, and applies the limit and the policy to it, in place.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">Its name in the log.</param>
    /// <param name="gradient">The gradient, pinned during the call.</param>
    /// <param name="step">The training step, as logged.</param>
    /// <param name="inverseScale">One over the loss scale; the gradient is multiplied by it. 1 for an unscaled one.</param>
    /// <returns>What was measured and done.</returns>
    /// <exception cref="ArgumentException">The name or the array is null, or the inverse scale invalid.</exception>
    /// <exception cref="NotSupportedException">The element type is not one of the three.</exception>
    /// <exception cref="NonFiniteGradientException">The gradient is not finite and the policy is to throw.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public GradientStatistics Clip<T>(string name, T[] gradient, long step, double inverseScale = 1.0)
        where T : unmanaged
        => Clip([GradientBuffer.Of(name, gradient)], step, inverseScale);

    /// <summary>Measures the gradient of one step, all of it in one memory, and applies the limit and the policy to it, in place.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">Its name in the log.</param>
    /// <param name="gradient">The gradient, pinned during the call.</param>
    /// <param name="step">The training step, as logged.</param>
    /// <param name="inverseScale">One over the loss scale; the gradient is multiplied by it. 1 for an unscaled one.</param>
    /// <returns>What was measured and done.</returns>
    /// <exception cref="ArgumentException">The name is null or the inverse scale invalid.</exception>
    /// <exception cref="NotSupportedException">The element type is not one of the three.</exception>
    /// <exception cref="NonFiniteGradientException">The gradient is not finite and the policy is to throw.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public GradientStatistics Clip<T>(string name, Memory<T> gradient, long step, double inverseScale = 1.0)
        where T : unmanaged
        => Clip([GradientBuffer.Of(name, gradient)], step, inverseScale);

    /// <summary>
    /// Clips gradients as <see cref="Clip(ReadOnlySpan{GradientBuffer}, long, double)"/> does, or with other passes if they are on a device that cannot
    /// be used; the reason is reported once to the clipper's follower.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="step">The training step.</param>
    /// <param name="inverseScale">One over the loss scale.</param>
    /// <param name="otherwise">Passes over the same gradients.</param>
    /// <returns>What was measured and done, or statistics that are pending.</returns>
    internal GradientStatistics ClipOr(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale, IGradientPasses otherwise)
    {
        if (gradients.IsEmpty || gradients[0].Device.IsCpu)
        {
            return Clip(gradients, step, inverseScale);
        }

        if (TryIssue(gradients, step, inverseScale, stream: null, inverseScaleAddress: 0))
        {
            return PendingFor(gradients, step);
        }

        _fellBack = true;
        TellFallback();
        Check(inverseScale);
        otherwise.Use(gradients);
        return Finish(_host.ClipBy(otherwise, step, inverseScale), insteadOfDevice: true);
    }

    /// <summary>Measures and limits gradients through other passes.</summary>
    /// <param name="passes">The passes.</param>
    /// <param name="step">The training step.</param>
    /// <param name="inverseScale">One over the loss scale.</param>
    /// <returns>What was measured and done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal GradientStatistics ClipBy(IGradientPasses passes, long step, double inverseScale)
    {
        Check(inverseScale);
        return Finish(_host.ClipBy(passes, step, inverseScale));
    }

    /// <summary>Measures gradients and changes nothing: neither them nor the clipper's counters, history and stability score.</summary>
    /// <param name="gradients">The gradients in host memory.</param>
    /// <param name="step">The training step, as logged.</param>
    /// <param name="inverseScale">One over the loss scale, by which the magnitudes reported are multiplied.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="ArgumentException">A buffer or the inverse scale is invalid; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public GradientStatistics Measure(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale = 1.0)
    {
        Check(inverseScale);
        GradientStatistics statistics = GradientPins.AreNeeded(gradients)
            ? OnPinned(gradients, step, inverseScale, measureOnly: true)
            : _host.Measure(gradients, step, inverseScale);
        _lastOnDevice = false;
        return statistics;
    }

    /// <summary>Launches the clipping of one step on the caller's CUDA stream, for training loops with their own CUDA code.</summary>
    /// <param name="gradients">The gradients, all on one device. Their memory must stay valid until the issued work has run.</param>
    /// <param name="step">The training step, as logged. While the stream is captured it is not used: each replay increments the last step number.</param>
    /// <param name="stream">A <c>CUstream</c> of the device's primary context; 0 is the legacy default stream.</param>
    /// <param name="inverseScale">One over the loss scale, when no address is given.</param>
    /// <param name="inverseScaleAddress">The device address of a float32 that holds one over the loss scale, or 0.</param>
    /// <returns>Statistics that are <see cref="GradientAction.Pending"/>.</returns>
    /// <exception cref="ArgumentException">A buffer or the inverse scale is invalid; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured and the gradients are not those of the step before.</exception>
    /// <exception cref="NotSupportedException">The device cannot be used; the message gives the reason.</exception>
    /// <exception cref="NonFiniteGradientException">An earlier step was not finite and the policy is to throw.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public GradientStatistics ClipOnStream(
        ReadOnlySpan<GradientBuffer> gradients, long step, nint stream, double inverseScale = 1.0, nint inverseScaleAddress = 0)
        => gradients.IsEmpty || gradients[0].Device.IsCpu
            ? throw new ArgumentException("ClipOnStream takes gradients on a CUDA device; use Clip for those in host memory.", nameof(gradients))
            : ClipOnDevice(gradients, step, inverseScale, stream, inverseScaleAddress);

    /// <summary>Takes the statistics of the next step that a device has finished, in the order of the steps. It does not block.</summary>
    /// <remarks>One thread at a time may call it; it need not be the one that clips.</remarks>
    /// <param name="statistics">The statistics; <see cref="Layers"/> has each layer's until the next call.</param>
    /// <returns>False if no further step has been finished, and for gradients in host memory, whose statistics Clip returns.</returns>
    /// <exception cref="InvalidOperationException">A run follows the clipper and logs the statistics.</exception>
    public bool TryRead(out GradientStatistics statistics)
        => _follower is null
            ? TryTake(out statistics)
            : throw new InvalidOperationException("A run follows this clipper and writes its statistics to the log; TryRead is for clippers without TrainingRun.Follow.");

    /// <summary>Takes the statistics of the next step as <see cref="TryRead"/> does, for the follower.</summary>
    internal bool TryTake(out GradientStatistics statistics)
    {
        if (_cuda.Clipper is CudaClipper clipper)
        {
            return clipper.Statistics.TryRead(out statistics);
        }

        statistics = default;
        return false;
    }

    /// <summary>Notifies a follower of all steps from now on.</summary>
    /// <param name="follower">The follower.</param>
    /// <exception cref="InvalidOperationException">There is already one.</exception>
    internal void Follow(IGradientFollower follower)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.CompareExchange(ref _follower, follower, null) is not null)
        {
            throw new InvalidOperationException("A run follows this clipper already; end that run first, or give each run its own clipper.");
        }

        TellFallback();
    }

    // The follower may have been added after the failure.
    private void TellFallback()
    {
        if (_fellBack && _follower is IGradientFollower follower && _cuda.TakeFailure() is string reason)
        {
            follower.FellBack(reason);
        }
    }

    internal void Unfollow() => Volatile.Write(ref _follower, null);

    /// <summary>
    /// Saves the state that the clipper keeps from step to step, for a checkpoint: the history of AutoClip, ZClip and AdaGC, the counters and the stability score.
    /// A clipper that loads it continues as this one would have. docs/gradients.md describes the JSON.
    /// </summary>
    /// <remarks>
    /// On a device it waits until the device has finished. The stability score is that of the step that was read last: the newest one if a run follows
    /// the clipper; otherwise read all steps with <see cref="TryRead"/> first. One thread at a time, that of <see cref="Clip(ReadOnlySpan{GradientBuffer}, long, double)"/>.
    /// </remarks>
    /// <returns>A JSON object on one line, of a few hundred bytes; AutoClip adds up to 20 bytes for each norm, AdaGC a name and a number for each layer.</returns>
    /// <exception cref="NotSupportedException">The device has failed since the last step; the message gives the failure.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public string SaveState()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        GradientClipperState state = _host.Save();
        if (_cuda.Clipper is not CudaClipper device)
        {
            return state.ToJson();
        }

        if (_lastOnDevice)
        {
            try
            {
                LimitState limit = device.SaveLimit(_options.Limit);
                _follower?.CatchUp();
                state = state with { Limit = limit, Stability = device.Statistics.Stability };
            }
            catch (CudaUnavailableException unavailable)
            {
                throw new NotSupportedException($"The clipper's state is on a device that has failed: {unavailable.Message}.", unavailable);
            }
        }

        return (state with { Steps = Steps, ClippedSteps = ClippedSteps, NonFiniteSteps = NonFiniteSteps }).ToJson();
    }

    /// <summary>Continues from a saved state. Call it before the first step; to return to an earlier checkpoint create a new clipper.</summary>
    /// <remarks>
    /// The limit must be of the same kind as when the state was saved; its parameters may differ. An AutoClip with a shorter history takes the newest norms.
    /// AdaGC restarts its warm-up if the layers' names differ from those of the state. States of a host and of a device are interchangeable.
    /// </remarks>
    /// <param name="state">What <see cref="SaveState"/> returned, in this version of the library or an earlier one.</param>
    /// <exception cref="ArgumentException">It is not a state, is damaged, has a later version, or is of another kind of limit; the message gives the reason.</exception>
    /// <exception cref="InvalidOperationException">The clipper has clipped a step already.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public void LoadState(string state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Steps != 0)
        {
            throw new InvalidOperationException(
                $"The clipper has clipped {Steps} steps already. Load a state before the first step; to go back to an earlier checkpoint make a new clipper.");
        }

        GradientClipperState saved = GradientClipperState.Parse(state, _options.Limit);
        _host.Load(saved);
        _cuda.Load(saved);
    }

    /// <summary>Waits until the device has finished all steps issued, so that <see cref="TryRead"/> returns them all: for the end of a run.</summary>
    /// <returns>False when there is no device or it has failed.</returns>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public bool WaitForDevice() => _cuda.Clipper?.Synchronize() ?? false;

    /// <summary>
    /// Ends the clipper; its counters stay readable. A run that follows it logs the pending statistics of a device; otherwise statistics that have not been
    /// read are lost.
    /// </summary>
    public void Dispose()
    {
        _follower?.End();
        _disposed = true;
        _pins.Dispose();
        _cuda.Dispose();
    }

    private static GradientClipperOptions Validated(GradientClipperOptions options)
    {
        options.Validate();
        return options;
    }

    private GradientStatistics Finish(GradientStatistics statistics, bool insteadOfDevice = false)
    {
        _lastOnDevice = false;
        if (_follower is IGradientFollower follower)
        {
            follower.Clipped(statistics, insteadOfDevice);
            statistics = statistics with { IsLogged = insteadOfDevice };
        }

        return statistics.FoundInf && _options.NonFinite == NonFinitePolicy.Throw
            ? throw new NonFiniteGradientException(statistics)
            : statistics;
    }

    private GradientStatistics ClipOnDevice(
        ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale, nint? stream, nint inverseScaleAddress)
    {
        if (!TryIssue(gradients, step, inverseScale, stream, inverseScaleAddress))
        {
            throw new NotSupportedException(
                $"Gradient '{gradients[0].Name}' lies on {gradients[0].Device}, where it cannot be clipped: {_cuda.Failure}.");
        }

        return PendingFor(gradients, step);
    }

    private GradientStatistics PendingFor(ReadOnlySpan<GradientBuffer> gradients, long step)
        => GradientStatistics.PendingFor(gradients.Length, _cuda.Clipper!.ElementCount, step);

    private GradientStatistics OnPinned(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale, bool measureOnly)
    {
        try
        {
            ReadOnlySpan<GradientBuffer> pinned = _pins.Pin(gradients);
            return measureOnly ? _host.Measure(pinned, step, inverseScale) : _host.Clip(pinned, step, inverseScale);
        }
        finally
        {
            _pins.Unpin();
        }
    }

    private bool TryIssue(
        ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale, nint? stream, nint inverseScaleAddress)
    {
        Check(inverseScale);
        bool issued = _cuda.TryClip(gradients, step, inverseScale, stream, (ulong)inverseScaleAddress);
        if (issued)
        {
            _lastOnDevice = true;
            Volatile.Write(ref _issuedSteps, _issuedSteps + 1);
            _follower?.Issued();
        }

        return issued;
    }

    private void Check(double inverseScale)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!(inverseScale > 0.0 && double.IsFinite(inverseScale)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(inverseScale), inverseScale, "inverseScale must be above 0 and finite: it is one over the loss scale, 1 for none.");
        }
    }
}
