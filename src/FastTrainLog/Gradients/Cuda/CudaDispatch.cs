namespace FastTrainLog.Gradients.Cuda;

/// <summary>Connects a <see cref="GradientClipper"/> with the device whose gradients it clips.</summary>
/// <remarks>The device is opened at the first step with a gradient on it, which includes compiling the kernels for the device.</remarks>
internal sealed class CudaDispatch : IDisposable
{
    private readonly GradientClipperOptions _options;
    private readonly Func<int, CudaClipper> _open;
    private volatile CudaClipper? _clipper;
    private string? _failure;
    private bool _failureTold;
    private GradientClipperState? _loaded;

    /// <summary>Initializes a new instance of the <see cref="CudaDispatch"/> class.</summary>
    /// <param name="options">The clipper's settings.</param>
    /// <param name="open">Opens the device of an ordinal, or throws <see cref="CudaUnavailableException"/>.</param>
    public CudaDispatch(GradientClipperOptions options, Func<int, CudaClipper> open)
    {
        _options = options;
        _open = open;
    }

    /// <summary>Gets the clipper of the device, or null before the first step and if the device cannot be used.</summary>
    public CudaClipper? Clipper => _clipper;

    /// <summary>Gets why the device cannot be used, or null.</summary>
    public string? Failure => _clipper?.Failure ?? _failure;

    /// <summary>Issues a step.</summary>
    /// <param name="gradients">The gradients, the first of which is on a device.</param>
    /// <param name="step">The training step.</param>
    /// <param name="inverseScale">One over the loss scale.</param>
    /// <param name="stream">The stream, or null for torch's current one.</param>
    /// <param name="inverseScaleAddress">The device address of one over the loss scale, or 0.</param>
    /// <returns>False when the device cannot be used; nothing was done.</returns>
    /// <exception cref="NonFiniteGradientException">An earlier step was not finite and the policy is to throw.</exception>
    public bool TryClip(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale, nint? stream, ulong inverseScaleAddress)
    {
        if (_clipper is null && _failure is null)
        {
            Open(gradients[0].Device.CudaIndex);
        }

        if (_options.NonFinite == NonFinitePolicy.Throw)
        {
            ThrowForEarlierStep();
        }

        return _clipper is not null && _clipper.TryClip(gradients, step, inverseScale, stream, inverseScaleAddress);
    }

    /// <summary>Returns the reason for a failure on the first call only, so that it is logged once.</summary>
    public string? TakeFailure()
    {
        if (_failureTold || Failure is null)
        {
            return null;
        }

        _failureTold = true;
        return Failure;
    }

    /// <summary>Sets the saved state that the device continues from; call it before the device is opened.</summary>
    public void Load(GradientClipperState state) => _loaded = state;

    public void Dispose() => _clipper?.Dispose();

    private void Open(int ordinal)
    {
        try
        {
            CudaClipper clipper = _open(ordinal);
            if (_loaded is not null)
            {
                clipper.Load(_loaded);
            }

            _clipper = clipper;
        }
        catch (CudaUnavailableException unavailable)
        {
            _failure = unavailable.Message;
        }
    }

    // A device cannot throw: the exception comes with the first step issued after the device has finished the non-finite one.
    private void ThrowForEarlierStep()
    {
        if (_clipper is not null && _clipper.Statistics.TryTakeNonFinite(out GradientStatistics statistics))
        {
            throw new NonFiniteGradientException(statistics);
        }
    }
}
