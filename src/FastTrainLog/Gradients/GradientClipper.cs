using System.Runtime.CompilerServices;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.Gradients;

/// <summary>
/// Measures gradients in one read of memory, limits them, and keeps a training run alive when they hold a NaN or an infinity.
/// </summary>
/// <remarks>
/// <para>
/// Gradients are written only where there is something to change: above the limit, at a loss scale other than 1, or on a non-finite
/// step whose policy asks for it. A NaN or an infinity never spreads to other elements.
/// </para>
/// <para>
/// The constructor goes through a few steps on small buffers of its own, so that the first real step runs compiled code: this takes some
/// tens of milliseconds for the first clipper of a process and some tens of microseconds for each later one.
/// </para>
/// <para>
/// Gradients on a CUDA device are clipped there by kernels of this library: <see cref="Clip"/> issues them and returns at once, and the
/// statistics of the step come out of <see cref="TryRead"/> some steps later. docs/cuda.md tells what that asks of a machine.
/// </para>
/// <para>
/// One thread at a time may call <see cref="Clip"/>, <see cref="Measure"/> and <see cref="Layers"/>; <see cref="Mark"/>,
/// <see cref="NonFiniteSince"/> and the counters may be read from any thread. Once the list of buffers is known a call allocates nothing; a list of
/// other lengths, types or names is taken over by allocating anew, other pointers alone are not.
/// </para>
/// </remarks>
public sealed class GradientClipper : IDisposable
{
    private readonly GradientClipperOptions _options;
    private readonly HostClipper _host;
    private readonly CudaDispatch _cuda;
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

    /// <summary>Initializes a new instance of the <see cref="GradientClipper"/> class that opens devices in its own way.</summary>
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

    /// <summary>Gets the number of steps clipped so far, those whose gradients were within the limit included.</summary>
    public long Steps => _host.Steps + Volatile.Read(ref _issuedSteps);

    /// <summary>Gets the number of steps in which the limit was exceeded; on a device, of those that it has finished.</summary>
    public long ClippedSteps => _host.ClippedSteps + (_cuda.Clipper?.ClippedSteps ?? 0);

    /// <summary>Gets the number of steps with a NaN or an infinity; on a device, of those that it has finished.</summary>
    public long NonFiniteSteps => _host.NonFiniteSteps + (_cuda.Clipper?.NonFiniteSteps ?? 0);

    /// <summary>
    /// Gets the statistics of each buffer, in the order of the list, in the last call or, for gradients on a device, in the step that
    /// <see cref="TryRead"/> gave last; overwritten by the next.
    /// </summary>
    public ReadOnlySpan<LayerStatistics> Layers => _lastOnDevice ? DeviceLayers : _host.Layers;

    /// <summary>Gets the number of steps on a device whose statistics were overwritten before <see cref="TryRead"/> came to them.</summary>
    public long LostStatistics => _cuda.Clipper?.Statistics.Overruns ?? 0;

    /// <summary>Gets why gradients on a device cannot be clipped there by this library's kernels, or null while nothing is known against it.</summary>
    public string? DeviceFailure => _cuda.Failure;

    /// <summary>
    /// Gets the device address of a float32 that each step on the device sets to 1 when its gradients held a NaN or an infinity and to 0 when
    /// not, as a loss scaler's <c>found_inf</c>, for kernels on the same stream; 0 before the first step on a device.
    /// </summary>
    public nint FoundInfAddress => (nint)(_cuda.Clipper?.FoundInfAddress ?? 0);

    /// <summary>
    /// Gets the number of histograms of steps on a device that were overwritten before <see cref="TryRead"/> came to them; those of steps in
    /// <see cref="LostStatistics"/> are among them.
    /// </summary>
    public long LostHistograms => _cuda.Clipper?.Statistics.LostHistograms ?? 0;

    /// <summary>Gets a value indicating whether the last step in host memory was one for histograms.</summary>
    internal bool HasHostHistograms => _host.HasHistograms;

    /// <summary>Gets a value indicating whether there are histograms of the step that <see cref="TryTake"/> gave last.</summary>
    internal bool HasDeviceHistograms => _cuda.Clipper?.Statistics.HasHistograms ?? false;

    /// <summary>Gets a value indicating whether a device has been opened.</summary>
    internal bool IsOnDevice => _cuda.Clipper is not null;

    /// <summary>Gets the statistics of each layer in the step that <see cref="TryTake"/> gave last.</summary>
    internal ReadOnlySpan<LayerStatistics> DeviceLayers => _cuda.Clipper is CudaClipper clipper ? clipper.Statistics.Layers : [];

    /// <summary>Gets the number of non-finite steps on a device up to the one that <see cref="TryTake"/> gave last, lost ones included.</summary>
    internal long NonFiniteStepsRead => _cuda.Clipper?.Statistics.NonFiniteStepsRead ?? 0;

    /// <summary>Gets the number of steps issued to a device whose statistics were not taken, nor known to be overwritten.</summary>
    internal long OutstandingSteps => _cuda.Clipper is CudaClipper clipper ? Math.Max(0, Volatile.Read(ref _issuedSteps) + 1 - (long)clipper.Statistics.Next) : 0;

    /// <summary>Gets a value indicating whether so many steps were issued since the last one read that reading should not wait any longer.</summary>
    internal bool IsReadingDue => _cuda.Clipper?.IsReadingDue ?? false;

    /// <summary>
    /// Gets the histogram of one buffer's magnitudes in the last step or, for gradients on a device, in the step that <see cref="TryRead"/> gave
    /// last, divided as <see cref="GradientHistogram"/> says, with the loss scale divided out and before clipping.
    /// </summary>
    /// <param name="layer">The buffer's place in the list.</param>
    /// <returns>The counts, or nothing when that step was none for histograms, or when they were overwritten before they could be read.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The list has no such place.</exception>
    public ReadOnlySpan<long> HistogramOf(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, Layers.Length);
        return _lastOnDevice ? DeviceHistogramOf(layer) : HasHostHistograms ? _host.HistogramOf(layer) : [];
    }

    /// <summary>Gets the histogram of a layer in the step that <see cref="TryTake"/> gave last, nothing where there is none.</summary>
    internal ReadOnlySpan<long> DeviceHistogramOf(int layer) => _cuda.Clipper is CudaClipper clipper ? clipper.Statistics.HistogramOf(layer) : [];

    /// <summary>Remembers this moment for <see cref="NonFiniteSince"/>: take it when a checkpoint is written.</summary>
    /// <returns>The moment.</returns>
    public GradientMark Mark() => new(NonFiniteSteps);

    /// <summary>Says whether a non-finite step has come since a moment: a checkpoint guard that waits for nothing.</summary>
    /// <param name="mark">The moment, taken with <see cref="Mark"/>; the default value stands for the clipper's beginning.</param>
    /// <returns>True when a NaN or an infinity has been seen since then.</returns>
    public bool NonFiniteSince(GradientMark mark) => NonFiniteSteps > mark.NonFiniteSteps;

    /// <summary>Measures the gradients of one step and applies the limit and the policy to them, in place.</summary>
    /// <param name="gradients">The gradients in host memory; the memory stays the caller's.</param>
    /// <param name="step">The training step, as the log shows it.</param>
    /// <param name="inverseScale">One over the loss scale; the gradients are multiplied by it. 1 for unscaled ones.</param>
    /// <returns>What was measured and done.</returns>
    /// <exception cref="ArgumentException">A buffer or the inverse scale is invalid; the message names it.</exception>
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
        return Finish(_host.Clip(gradients, step, inverseScale));
    }

    /// <summary>
    /// Clips gradients as <see cref="Clip"/> does, and by other passes where they lie on a device that cannot
    /// be used; whoever follows the clipper is told why, once.
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
            return GradientStatistics.PendingFor(gradients, step);
        }

        _fellBack = true;
        TellFallback();
        Check(inverseScale);
        return Finish(_host.ClipBy(otherwise, step, inverseScale), insteadOfDevice: true);
    }

    /// <summary>Measures and limits gradients that passes of another kind can read and write.</summary>
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
    /// <param name="step">The training step, as the log shows it.</param>
    /// <param name="inverseScale">One over the loss scale, by which the magnitudes reported are multiplied.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="ArgumentException">A buffer or the inverse scale is invalid; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public GradientStatistics Measure(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale = 1.0)
    {
        Check(inverseScale);
        GradientStatistics statistics = _host.Measure(gradients, step, inverseScale);
        _lastOnDevice = false;
        return statistics;
    }

    /// <summary>Issues the clipping of one step to a CUDA stream of the caller's, for training loops with CUDA code of their own.</summary>
    /// <param name="gradients">The gradients, all on one device. Their memory must stay until the work issued has run.</param>
    /// <param name="step">The training step, as the log shows it. While the stream is captured it is not used: each replay counts one on.</param>
    /// <param name="stream">A <c>CUstream</c> of the device's primary context; 0 is the legacy default stream.</param>
    /// <param name="inverseScale">One over the loss scale, when no address is given.</param>
    /// <param name="inverseScaleAddress">The device address of a float32 that holds one over the loss scale, or 0.</param>
    /// <returns>Statistics that are <see cref="GradientAction.Pending"/>.</returns>
    /// <exception cref="ArgumentException">A buffer or the inverse scale is invalid; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured and the gradients are not those of the step before.</exception>
    /// <exception cref="NotSupportedException">The device cannot be used; the message says why.</exception>
    /// <exception cref="NonFiniteGradientException">An earlier step was not finite and the policy is to throw.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public GradientStatistics ClipOnStream(
        ReadOnlySpan<GradientBuffer> gradients, long step, nint stream, double inverseScale = 1.0, nint inverseScaleAddress = 0)
        => gradients.IsEmpty || gradients[0].Device.IsCpu
            ? throw new ArgumentException("ClipOnStream takes gradients on a CUDA device; use Clip for those in host memory.", nameof(gradients))
            : ClipOnDevice(gradients, step, inverseScale, stream, inverseScaleAddress);

    /// <summary>Takes the statistics of the next step that a device has finished, in the order of the steps. It waits for nothing.</summary>
    /// <remarks>One thread at a time may call it, which may be another than the one that clips.</remarks>
    /// <param name="statistics">The statistics; <see cref="Layers"/> has each layer's until the next call.</param>
    /// <returns>False when no further step has been finished, and for gradients in host memory, whose statistics Clip returns.</returns>
    /// <exception cref="InvalidOperationException">A run follows the clipper and takes the statistics to its log.</exception>
    public bool TryRead(out GradientStatistics statistics)
        => _follower is null
            ? TryTake(out statistics)
            : throw new InvalidOperationException("A run follows this clipper and takes its statistics to the log, where they are; TryRead is for clippers without TrainingRun.Follow.");

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

    /// <summary>Tells a follower of all steps from here on.</summary>
    /// <param name="follower">The follower.</param>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    internal void Follow(IGradientFollower follower)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.CompareExchange(ref _follower, follower, null) is not null)
        {
            throw new InvalidOperationException("A run follows this clipper already; end that run first, or give each run a clipper of its own.");
        }

        TellFallback();
    }

    // Whoever follows may have come after the failure.
    private void TellFallback()
    {
        if (_fellBack && _follower is IGradientFollower follower && _cuda.TakeFailure() is string reason)
        {
            follower.FellBack(reason);
        }
    }

    internal void Unfollow() => Volatile.Write(ref _follower, null);

    /// <summary>Waits until the device has finished all steps issued, so that <see cref="TryRead"/> gives them all: for the end of a run.</summary>
    /// <returns>False when there is no device or it has failed.</returns>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public bool WaitForDevice() => _cuda.Clipper?.Synchronize() ?? false;

    /// <summary>
    /// Ends the clipper; its counters stay readable. A run that follows it logs what a device has still to tell; else statistics that have not been
    /// read are lost.
    /// </summary>
    public void Dispose()
    {
        _follower?.End();
        _disposed = true;
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

        return GradientStatistics.PendingFor(gradients, step);
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
