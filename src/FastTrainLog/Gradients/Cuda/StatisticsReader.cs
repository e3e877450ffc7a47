namespace FastTrainLog.Gradients.Cuda;

/// <summary>Reads a device's results from its rings, in the order of the steps, without driver calls.</summary>
/// <remarks>
/// Only one thread may call <see cref="TryRead"/>; the rest may be called from any. Rings and lists are added by the thread that issues steps. A step
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
    private (ulong From, long Step)? _abandoned;
    private ulong _underIssue; // the lowest sequence that the step being issued can have, 0 between steps
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
    private long _stepsBefore; // the steps in the loaded state; the next field likewise
    private long _clippedStepsBefore;
    private ulong _nonFiniteTaken;
    private GradientStatistics? _nonFiniteRead; // the first non-finite step that was read before it was taken

    /// <summary>Gets the rings; the device writes to the last one.</summary>
    public ReadOnlySpan<StatisticsRing> Rings => _rings;

    /// <summary>Gets the rings of histograms; the device writes to the last one. Empty if no histograms are taken.</summary>
    public ReadOnlySpan<HistogramRing> HistogramRings => _histogramRings;

    /// <summary>Gets the list that was added last, or null before the first.</summary>
    public TensorList? NewestList => _lists.Length == 0 ? null : _lists[^1];

    /// <summary>Gets the sequence of the newest step that the device has finished, 0 for none; must not be called after <see cref="Close"/>.</summary>
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

    /// <summary>Gets the number of histograms that were overwritten before they were read, or never arrived, including those of lost steps.</summary>
    public long LostHistograms => Volatile.Read(ref _lostHistograms);

    /// <summary>Gets a value indicating whether there are histograms of the step that <see cref="TryRead"/> returned last.</summary>
    public bool HasHistograms => _hasHistograms;

    /// <summary>Gets the number of non-finite steps up to the one that <see cref="TryRead"/> returned last, including lost ones.</summary>
    public long NonFiniteStepsRead => Volatile.Read(ref _nonFiniteStepsRead);

    /// <summary>Gets the statistics of each layer in the step that <see cref="TryRead"/> returned last.</summary>
    public ReadOnlySpan<LayerStatistics> Layers => _layers.AsSpan(0, _layerCount);

    /// <summary>Gets the histogram of a layer in the step that <see cref="TryRead"/> returned last; empty if there is none.</summary>
    public ReadOnlySpan<long> HistogramOf(int layer)
        => _hasHistograms ? _histograms.AsSpan(layer * GradientHistogram.Bins, GradientHistogram.Bins) : [];

    /// <summary>Gets the state from which the stability score of the next step read is computed.</summary>
    public StabilityScoreState Stability
    {
        get
        {
            lock (_reading)
            {
                return _stability.State;
            }
        }
    }

    /// <summary>Restores a saved state; call it before the first step.</summary>
    public void Load(GradientClipperState state)
    {
        lock (_reading)
        {
            _stability.State = state.Stability;
            (_stepsBefore, _clippedStepsBefore) = (state.Steps, state.ClippedSteps);
        }
    }

    public void Add(StatisticsRing ring) => _rings = [.. _rings, ring];

    public void Add(HistogramRing ring) => _histogramRings = [.. _histogramRings, ring];

    /// <summary>Notes that the device has failed: histograms that have not arrived are lost.</summary>
    public void ExpectNoMoreHistograms() => _noMoreHistograms = true;

    /// <summary>Sets the lowest sequence that the step being issued can have, 0 when it has been issued: until then its record is not read.</summary>
    public ulong UnderIssue
    {
        set => Volatile.Write(ref _underIssue, value);
    }

    /// <summary>Notes that a step was partly issued and is the device's last: its record, which may have arrived or may still arrive, is skipped.</summary>
    /// <param name="from">The lowest sequence that it can have; replays of graphs may have increased it.</param>
    /// <param name="step">Its step number.</param>
    public void Abandon(ulong from, long step)
    {
        lock (_reading)
        {
            _abandoned = (from, step);
        }
    }

    public void Add(TensorList list)
    {
        lock (_reading)
        {
            _lists = [.. _lists, list];
        }
    }

    /// <summary>Ends all reading, before the memory of the rings is freed; <see cref="Newest"/> keeps its value.</summary>
    public void Close()
    {
        lock (_reading)
        {
            _newestAtClose = Newest();
            _closed = true;
        }
    }

    /// <summary>
    /// Takes the next step's statistics, and its histograms if it has any, from the ring, in the order of the steps; does not block.
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
                if (Volatile.Read(ref _underIssue) is > 0 and ulong next)
                {
                    published = Math.Min(published, next - 1);
                }

                StatisticsRing[] rings = _rings;
                for (; _next <= published; _next++)
                {
                    foreach (StatisticsRing ring in rings)
                    {
                        if (ring.TryCopy(_next, out StepRecord record, Room(ring.TensorCapacity)))
                        {
                            if (IsAbandoned(record))
                            {
                                statistics = default;
                                return false;
                            }

                            // The histograms of a step are finished shortly after its statistics.
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

                    // It was published and is no longer there: the device has overwritten its slot.
                    Volatile.Write(ref _overruns, _overruns + 1);
                }
            }

            statistics = default;
            return false;
        }
    }

    /// <summary>Takes the first finished non-finite step that was not taken before, and with it all later finished ones; records stay in the ring.</summary>
    /// <param name="statistics">
    /// Its statistics, without a stability score unless it was read; if its record was overwritten, those of a later non-finite step; if the records of all
    /// of them were, those of the newest step, which may be finite.
    /// </param>
    /// <returns>False if no further step was non-finite.</returns>
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

            statistics = _nonFiniteRead ?? FindNonFinite() ?? Total(newest, ListOf(newest.List), []);
            _nonFiniteRead = null;
            _nonFiniteTaken = newest.NonFiniteSteps;
            return true;
        }
    }

    /// <summary>Returns the newest record, whether read or not; all zero if there is none yet.</summary>
    public StepRecord Newest()
    {
        lock (_reading)
        {
            StepRecord newest = _newestAtClose;
            foreach (StatisticsRing ring in _closed ? [] : _rings)
            {
                // If the slot is overwritten meanwhile, nothing is lost: there is a newer one to read.
                ulong published = ring.Published;
                StepRecord record;
                while (!ring.TryCopy(published, out record, []) && published != ring.Published)
                {
                    published = ring.Published;
                }

                newest = record.Sequence > newest.Sequence ? record : newest;
            }

            return IsAbandoned(newest) ? RecordOf(newest.Sequence - 1) : newest;
        }
    }

    private bool IsAbandoned(in StepRecord record)
        => _abandoned is (ulong from, long step) && record.Sequence >= from && record.Step == step;

    private StepRecord RecordOf(ulong sequence)
    {
        StepRecord record = default;
        foreach (StatisticsRing ring in _rings)
        {
            if (ring.TryCopy(sequence, out record, []))
            {
                break;
            }
        }

        return record;
    }

    // Searches the records not read yet: their lists are still known.
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
                var tensors = new TensorRecord[ring.TensorCapacity];
                if (ring.TryCopy(sequence, out StepRecord record, tensors) && IsUntaken(record))
                {
                    first = sequence;
                    found = Total(record, ListOf(record.List), tensors);
                }
            }
        }

        return found;
    }

    private bool IsUntaken(in StepRecord record) => IsNonFinite(record) && !IsAbandoned(record) && record.NonFiniteSteps > _nonFiniteTaken;

    private static bool IsNonFinite(in StepRecord record)
        => (record.NaNs | record.Infinities) != 0 || ((GradientAction)record.Action & GradientAction.Overflowed) != 0;

    // Returns false if the device has not reached them yet.
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

        GradientStatistics statistics = Total(record, list, _tensorRecords) with
        {
            StabilityScore = _stability.Update(record.Norm, IsNonFinite(record)),
        };
        if (_nonFiniteRead is null && IsUntaken(record))
        {
            _nonFiniteRead = statistics;
        }

        return statistics;
    }

    private GradientStatistics Total(in StepRecord record, TensorList list, ReadOnlySpan<TensorRecord> tensors)
    {
        var first = (int)record.FirstNonFinite;
        TensorRecord tensor = first >= 0 && first < tensors.Length ? tensors[first] : default;
        return new GradientStatistics
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
            FirstNonFiniteIndex = first,
            FirstNonFinite = first < 0 ? null : list.Names[first],
            FirstNonFiniteElementCount = first < 0 ? 0 : list.Counts[first],
            FirstNonFiniteNaNCount = (long)tensor.NaNs,
            FirstNonFiniteInfinityCount = (long)tensor.Infinities,
            ClippingRatio = (double)(_clippedStepsBefore + (long)record.ClippedSteps) / (_stepsBefore + (long)record.Sequence),
        };
    }

    private TensorList ListOf(ulong id)
    {
        int place = 0;
        while (_lists[place].Id != id)
        {
            place++;
        }

        return _lists[place];
    }

    // Records are read in order, so lists older than the one read now are not needed again, unless a captured graph replays one.
    private void Forget(ulong before)
    {
        // There is almost never a list to remove, and then this must not allocate.
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
