namespace FastTrainLog.Gradients.Cuda;

/// <summary>Reads what a device found out of its rings, in the order of the steps, without a call to the driver.</summary>
/// <remarks>
/// <see cref="TryRead"/> belongs to one reading thread; the rest may be called from any. Rings and lists are added by the thread that issues steps. A step
/// whose slot was overwritten before it was read is counted.
/// </remarks>
internal sealed class StatisticsReader
{
    private readonly Lock _reading = new();
    private volatile StatisticsRing[] _rings = [];
    private volatile HistogramRing[] _histogramRings = [];
    private volatile TensorList[] _lists = [];
    private volatile bool _noMoreHistograms;
    private bool _closed;
    private StepRecord _newestAtClose;
    private ulong _next = 1;
    private long _overruns;
    private long _nonFiniteStepsRead;
    private TensorRecord[] _tensorRecords = [];
    private LayerStatistics[] _layers = [];
    private int _layerCount;
    private long[] _histograms = [];
    private ulong _lastHistogram;
    private bool _hasHistograms;
    private long _lostHistograms;
    private StabilityScore _stability;
    private ulong _nonFiniteTaken;
    private GradientStatistics? _nonFiniteRead; // the first that was read before it was taken

    /// <summary>Gets the rings, of which the last is the one that is filled.</summary>
    public ReadOnlySpan<StatisticsRing> Rings => _rings;

    /// <summary>Gets the rings of histograms, of which the last is the one that is filled; none where no histograms are taken.</summary>
    public ReadOnlySpan<HistogramRing> HistogramRings => _histogramRings;

    /// <summary>Gets the list that was added last, or null before the first.</summary>
    public TensorList? NewestList => _lists.Length == 0 ? null : _lists[^1];

    /// <summary>Gets the sequence of the newest step that the device has finished, 0 for none; not to be asked for after <see cref="Close"/>.</summary>
    public ulong Published
    {
        get
        {
            ulong published = 0;
            foreach (StatisticsRing ring in _rings)
            {
                published = Math.Max(published, ring.Published);
            }

            return published;
        }
    }

    /// <summary>Gets the sequence of the step that is read next.</summary>
    public ulong Next => Volatile.Read(ref _next);

    /// <summary>Gets the number of steps whose records were overwritten before they were read.</summary>
    public long Overruns => Volatile.Read(ref _overruns);

    /// <summary>Gets the number of histograms that were overwritten, or never came, before they were read; those of lost steps are among them.</summary>
    public long LostHistograms => Volatile.Read(ref _lostHistograms);

    /// <summary>Gets a value indicating whether there are histograms of the step that <see cref="TryRead"/> returned last.</summary>
    public bool HasHistograms => _hasHistograms;

    /// <summary>Gets the number of non-finite steps up to the one that <see cref="TryRead"/> returned last, those lost included.</summary>
    public long NonFiniteStepsRead => Volatile.Read(ref _nonFiniteStepsRead);

    /// <summary>Gets the statistics of each layer in the step that <see cref="TryRead"/> returned last.</summary>
    public ReadOnlySpan<LayerStatistics> Layers => _layers.AsSpan(0, _layerCount);

    /// <summary>Gets the histogram of a layer in the step that <see cref="TryRead"/> returned last, nothing where there is none.</summary>
    public ReadOnlySpan<long> HistogramOf(int layer)
        => _hasHistograms ? _histograms.AsSpan(layer * GradientHistogram.Bins, GradientHistogram.Bins) : [];

    public void Add(StatisticsRing ring) => _rings = [.. _rings, ring];

    public void Add(HistogramRing ring) => _histogramRings = [.. _histogramRings, ring];

    /// <summary>Says that the device has failed: histograms that are not there now are lost.</summary>
    public void ExpectNoMoreHistograms() => _noMoreHistograms = true;

    public void Add(TensorList list)
    {
        lock (_reading)
        {
            _lists = [.. _lists, list];
        }
    }

    /// <summary>Ends all reading, before the memory of the rings is freed; <see cref="Newest"/> stays as it is.</summary>
    public void Close()
    {
        lock (_reading)
        {
            _newestAtClose = Newest();
            _closed = true;
        }
    }

    /// <summary>
    /// Takes the next step's statistics out of the ring, and its histograms where it has some, in the order of the steps; waits for nothing.
    /// </summary>
    /// <param name="statistics">The statistics; <see cref="Layers"/> has each layer's until the next call.</param>
    /// <returns>False when no further step has been finished.</returns>
    public bool TryRead(out GradientStatistics statistics)
    {
        lock (_reading)
        {
            if (!_closed)
            {
                ulong published = Published;
                StatisticsRing[] rings = _rings;
                for (; _next <= published; _next++)
                {
                    foreach (StatisticsRing ring in rings)
                    {
                        if (ring.TryCopy(_next, out StepRecord record, Room(ring.TensorCapacity)))
                        {
                            // The histograms of a step are finished shortly after it.
                            if (record.Histogram != 0 && !TryTakeHistograms(record))
                            {
                                statistics = default;
                                return false;
                            }

                            _hasHistograms &= record.Histogram != 0;
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

    /// <summary>Takes the first non-finite step finished that was not taken before, and with it all later ones finished; no record leaves the ring.</summary>
    /// <param name="statistics">
    /// Its statistics, without a stability score unless it was read; of a later non-finite step when its own record was overwritten. When those of all
    /// of them were, they are the newest step's, which may be finite.
    /// </param>
    /// <returns>False when no further step was non-finite.</returns>
    public bool TryTakeNonFinite(out GradientStatistics statistics)
    {
        lock (_reading)
        {
            StepRecord newest = Newest();
            if (_closed || newest.NonFiniteSteps <= _nonFiniteTaken)
            {
                statistics = default;
                return false;
            }

            statistics = _nonFiniteRead ?? FindNonFinite() ?? Total(newest, ListOf(newest.List));
            _nonFiniteRead = null;
            _nonFiniteTaken = newest.NonFiniteSteps;
            return true;
        }
    }

    /// <summary>Gives the newest record, whether read or not, all zero when there is none yet.</summary>
    public StepRecord Newest()
    {
        lock (_reading)
        {
            StepRecord newest = _newestAtClose;
            foreach (StatisticsRing ring in _closed ? [] : _rings)
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

    // Looks among the records not read yet: their lists are still known.
    private GradientStatistics? FindNonFinite()
    {
        ulong first = ulong.MaxValue;
        GradientStatistics? found = null;
        foreach (StatisticsRing ring in _rings)
        {
            ulong newest = ring.Published;
            ulong oldest = newest - Math.Min(newest, (ulong)ring.Slots - 1);
            for (ulong sequence = Math.Max(_next, oldest); sequence <= newest && sequence < first; sequence++)
            {
                if (ring.TryCopy(sequence, out StepRecord record, []) && IsUntaken(record))
                {
                    first = sequence;
                    found = Total(record, ListOf(record.List));
                }
            }
        }

        return found;
    }

    private bool IsUntaken(in StepRecord record) => IsNonFinite(record) && record.NonFiniteSteps > _nonFiniteTaken;

    private static bool IsNonFinite(in StepRecord record) => (record.NaNs | record.Infinities) != 0;

    // Gives false when the device has not come to them yet.
    private bool TryTakeHistograms(in StepRecord record)
    {
        bool finished = _noMoreHistograms;
        foreach (HistogramRing ring in _histogramRings)
        {
            finished |= ring.Published >= record.Histogram;
        }

        int length = (int)record.TensorCount * GradientHistogram.Bins;
        if (_histograms.Length < length)
        {
            _histograms = new long[length];
        }

        _hasHistograms = false;
        foreach (HistogramRing ring in _histogramRings)
        {
            _hasHistograms = _hasHistograms || ring.TryCopy(record.Histogram, _histograms.AsSpan(0, length));
        }

        if (!_hasHistograms && !finished)
        {
            return false;
        }

        long lost = (long)(record.Histogram - _lastHistogram) - (_hasHistograms ? 1 : 0);
        _lastHistogram = record.Histogram;
        Volatile.Write(ref _lostHistograms, _lostHistograms + lost);
        return true;
    }

    private TensorRecord[] Room(int tensors)
    {
        if (_tensorRecords.Length < tensors)
        {
            _tensorRecords = new TensorRecord[tensors];
            _layers = new LayerStatistics[tensors];
        }

        return _tensorRecords;
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

        GradientStatistics statistics = Total(record, list) with
        {
            StabilityScore = _stability.Update(record.Norm, IsNonFinite(record)),
        };
        if (_nonFiniteRead is null && IsUntaken(record))
        {
            _nonFiniteRead = statistics;
        }

        return statistics;
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
