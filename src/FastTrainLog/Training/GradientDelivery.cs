using FastTrainLog.Gradients;

namespace FastTrainLog.Training;

/// <summary>
/// Writes the statistics of a clipper to the log of a run: those of a device from a separate thread, which reads the ring at an interval
/// and when it is half full; layers and histograms of gradients in host memory are logged on the thread that clips.
/// </summary>
/// <remarks>
/// Invariant: the reader of the ring holds <see cref="_reading"/>, so that there is one reader and records keep the order of the steps.
/// Only the end makes a call to the driver, and nothing accesses a tensor.
/// </remarks>
internal sealed class GradientDelivery : IGradientFollower
{
    private readonly TrainingRun _run;
    private readonly TrainLogger _log;
    private readonly GradientClipper _clipper;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _endTimeout;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Lock _reading = new();
    private readonly Metric[] _bins = new Metric[GradientHistogram.Bins];
    private Thread? _thread;
    private volatile bool _ending;
    private volatile bool _abandoned;
    private int _ended;
    private long _lost;
    private long _lostHistograms;
    private long _nonFinite;

    /// <summary>Initializes a new instance of the <see cref="GradientDelivery"/> class and follows the clipper with it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="log">The logger of numerical stability.</param>
    /// <param name="clipper">The clipper.</param>
    /// <param name="options">The interval of reading and the longest wait at the end.</param>
    /// <exception cref="InvalidOperationException">A run follows the clipper already.</exception>
    public GradientDelivery(TrainingRun run, TrainLogger log, GradientClipper clipper, TrainLogOptions options)
    {
        (_run, _log, _clipper) = (run, log, clipper);
        (_interval, _endTimeout) = (options.FlushInterval, options.ShutdownTimeout);
        (_lost, _lostHistograms, _nonFinite) = (clipper.LostStatistics, clipper.LostHistograms, clipper.NonFiniteStepsRead);
        clipper.Follow(this);
        if (clipper.IsOnDevice)
        {
            Start();
        }
    }

    /// <inheritdoc/>
    public void Issued()
    {
        if (_thread is null)
        {
            Start();
        }
        else if (_clipper.IsReadingDue)
        {
            _wake.Set();
        }
    }

    /// <inheritdoc/>
    public void Clipped(in GradientStatistics statistics, bool insteadOfDevice)
    {
        if (insteadOfDevice)
        {
            // After those that the device had finished before it became unusable.
            CatchUp();
            _run.LogGradients(statistics);
        }

        LogLayers(statistics.Step, _clipper.Layers);
        for (int layer = 0; layer < statistics.LayerCount && _clipper.HasHostHistograms; layer++)
        {
            LogHistogram(statistics.Step, _clipper.Layers[layer].Name, _clipper.HistogramOf(layer));
        }
    }

    /// <inheritdoc/>
    public void FellBack(string reason) => _log.GradientFallback(reason);

    /// <inheritdoc/>
    public void CatchUp()
    {
        lock (_reading)
        {
            while (_clipper.TryTake(out GradientStatistics statistics))
            {
                ReportLost(statistics);
                _run.LogGradients(statistics);
                LogLayers(statistics.Step, _clipper.DeviceLayers);
                for (int layer = 0; layer < statistics.LayerCount && _clipper.HasDeviceHistograms; layer++)
                {
                    LogHistogram(statistics.Step, _clipper.DeviceLayers[layer].Name, _clipper.DeviceHistogramOf(layer));
                }
            }
        }
    }

    /// <summary>Waits until the device has finished all steps issued, and logs them.</summary>
    public void CatchUpWithAll()
    {
        _clipper.WaitForDevice();
        CatchUp();
    }

    /// <summary>Waits until the device has finished, logs all that is left, and stops following the clipper.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            // Run and clipper may be ended by two threads at once: neither may continue while the ring is read.
            if (!_abandoned)
            {
                _thread?.Join(_endTimeout);
            }

            return;
        }

        _ending = true;
        _wake.Set();
        if (_thread is not null && !_thread.Join(_endTimeout))
        {
            _abandoned = true;
            string reason = $"the device did not finish them within {_endTimeout:g}";
            _log.GradientsOutstanding(_clipper.OutstandingSteps, reason);
        }

        _clipper.Unfollow();
        _run.Forget(this);
    }

    private void Start()
    {
        _thread = new Thread(Deliver) { IsBackground = true, Name = "FastTrainLog gradient delivery" };
        _thread.Start();
    }

    private void Deliver()
    {
        try
        {
            while (!_ending)
            {
                CatchUp();
                _wake.WaitOne(_interval);
            }

            // First what is finished: the wait may never end.
            CatchUp();
            bool finished = _clipper.WaitForDevice();
            if (_abandoned)
            {
                return;
            }

            CatchUp();
            if (!finished && _clipper.OutstandingSteps is > 0 and long missing)
            {
                _log.GradientsOutstanding(missing, _clipper.DeviceFailure ?? "the device failed");
            }
        }
        catch (Exception exception)
        {
            // An error in here is a bug of this library and must not end the training loop.
            _run.LogError(exception, "gradient_delivery");
        }
    }

    // What was overwritten before it was read follows from the totals in the next record.
    private void ReportLost(in GradientStatistics next)
    {
        long lost = _clipper.LostStatistics - _lost;
        long nonFinite = _clipper.NonFiniteStepsRead - _nonFinite - (next.FoundInf ? 1 : 0);
        (_lost, _nonFinite) = (_clipper.LostStatistics, _clipper.NonFiniteStepsRead);
        if (lost > 0)
        {
            _run.AddUnseen(nonFinite, _clipper.Options.NonFinite);
            _log.GradientStatisticsLost(lost, next.Step, nonFinite);
        }

        long lostHistograms = _clipper.LostHistograms - _lostHistograms;
        _lostHistograms += lostHistograms;
        if (lostHistograms > 0)
        {
            _log.GradientHistogramsLost(lostHistograms, next.Step);
        }
    }

    private void LogLayers(long step, ReadOnlySpan<LayerStatistics> layers)
    {
        int every = _clipper.Options.LayersEvery;
        if (every == 0 || step % every != 0)
        {
            return;
        }

        foreach (ref readonly LayerStatistics layer in layers)
        {
            _log.GradientLayer(
                step, layer.Name, layer.Norm, layer.AbsoluteMaximum, layer.Coefficient, layer.NaNCount, layer.InfinityCount, layer.ZeroCount, layer.ElementCount);
        }
    }

    private void LogHistogram(long step, string layer, ReadOnlySpan<long> counts)
    {
        int filled = 0;
        for (int bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] > 0)
            {
                _bins[filled++] = new Metric(GradientHistogram.NameOf(bin), counts[bin]);
            }
        }

        _log.GradientHistogram(step, layer, _bins.AsSpan(0, filled));
    }
}
