using FastTrainLog.Shipping;

namespace FastTrainLog.Tool.Shipping;

/// <summary>Ships directories to one target, a batch of each in turn, on a thread of its own: a target that is down holds up no other.</summary>
internal sealed class TargetThread : IDisposable
{
    private readonly IShipTarget _target;
    private readonly SourceFinder _sources;
    private readonly ShipOptions _options;
    private readonly bool _once;
    private readonly CancellationToken _cancellation;
    private readonly Lock _gate = new();
    private readonly Dictionary<ShipSource, LogShipper> _shippers = [];
    private readonly HashSet<ShipSource> _refused = [];
    private readonly Action<string> _tell;
    private readonly Thread _thread;

    /// <param name="target">The target, which is disposed of with this.</param>
    /// <param name="sources">The directories.</param>
    /// <param name="options">The options of each shipper.</param>
    /// <param name="once">Whether it ends when everything there is shipped.</param>
    /// <param name="tell">Tells a person something.</param>
    /// <param name="cancellation">Ends it.</param>
    public TargetThread(IShipTarget target, SourceFinder sources, ShipOptions options, bool once, Action<string> tell, CancellationToken cancellation)
    {
        (_target, _sources, _options, _once, _tell, _cancellation) = (target, sources, options, once, tell, cancellation);
        _thread = new Thread(Run) { IsBackground = true, Name = $"ship {target.Name}" };
    }

    /// <summary>Gets whether a directory was not shipped to its end.</summary>
    public bool HasFailed { get; private set; } = true;

    /// <summary>Gets the shippers so far.</summary>
    public IReadOnlyList<LogShipper> Shippers
    {
        get
        {
            lock (_gate)
            {
                return [.. _shippers.Values];
            }
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool Join(TimeSpan timeout) => _thread.Join(timeout);

    public void Dispose()
    {
        foreach (LogShipper shipper in Shippers)
        {
            shipper.Dispose();
        }

        _target.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                (bool hasMoved, bool isResting) = (false, false);
                TimeSpan? rest = null;
                IReadOnlyList<ShipSource> sources = _sources.Find();
                LeaveAllBut(sources);
                foreach (ShipSource source in sources)
                {
                    LogShipper? shipper = ShipperOf(source);
                    hasMoved |= shipper?.ShipNext(_cancellation) == true;
                    isResting |= shipper?.IsResting == true;
                    rest = shipper?.Rest is { Ticks: > 0 } pause && !(rest < pause) ? pause : rest;
                }

                // Not by the rest of a pause, which ends between two looks.
                if (!hasMoved && !isResting && _once)
                {
                    HasFailed = _refused.Count > 0;
                    return;
                }

                if (!hasMoved)
                {
                    _cancellation.WaitHandle.WaitOne(rest < _options.PollInterval ? rest.Value : _options.PollInterval);
                }

                _cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // Interrupted: the rest stays in the log.
        }
    }

    // A directory that was renamed is another source with the same cursor, which its new shipper must be able to have.
    private void LeaveAllBut(IReadOnlyList<ShipSource> sources)
    {
        foreach ((ShipSource source, LogShipper shipper) in _shippers.Where(known => !sources.Contains(known.Key) || !known.Value.IsInPlace).ToArray())
        {
            lock (_gate)
            {
                _shippers.Remove(source);
            }

            shipper.Dispose();
        }
    }

    private LogShipper? ShipperOf(ShipSource source)
    {
        if (_shippers.TryGetValue(source, out LogShipper? shipper))
        {
            return shipper;
        }

        try
        {
            // A place below a directory can be wrong while the others are well.
            shipper = new LogShipper(source, _target, _options) { IsFollowing = !_once, IsOneOfSeveral = true, HasOwnPlace = _target is ReceivingTarget };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process has it, or the directory may not be written: it is tried again, in case that ends.
            if (_refused.Add(source))
            {
                _tell($"{source.Directory} is not shipped to {_target.Name}: {exception.Message}");
            }

            return null;
        }

        _refused.Remove(source);
        lock (_gate)
        {
            _shippers.Add(source, shipper);
        }

        return shipper;
    }
}
