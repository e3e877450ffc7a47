namespace FastTrainLog.Dashboard.Logs;

/// <summary>The system's word that a log below some directories was written.</summary>
/// <remarks>
/// It is not to be had everywhere: the system knows nothing of what another machine writes to a mounted directory, and has a limit of directories that are watched. So it is believed only
/// until it is found wrong, and from then on the logs are looked at again and again.
/// </remarks>
internal sealed class FileChanges : IDisposable
{
    // Once may be chance: the file was written while it was looked at, and the word comes later.
    private const int MostMissed = 2;

    private readonly IReadOnlyList<string> _roots;
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly SemaphoreSlim _told = new(0, 1);
    private readonly Lock _lock = new();
    private int _missed;

    /// <param name="roots">The directories, with all below them.</param>
    public FileChanges(IReadOnlyList<string> roots) => _roots = roots;

    /// <summary>Gets whether changes are told, so that nobody needs to look.</summary>
    public bool AreTold { get; private set; } = true;

    /// <summary>Listens, if it does not yet.</summary>
    public void Start()
    {
        if (!AreTold || _watchers.Count > 0)
        {
            return;
        }

        _missed = 0;
        try
        {
            foreach (string root in _roots)
            {
                var watcher = new FileSystemWatcher(root, "run*.jsonl*") { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.FileName | NotifyFilters.Size | NotifyFilters.LastWrite };
                _watchers.Add(watcher);
                watcher.Changed += (_, _) => Tell();
                watcher.Created += (_, _) => Tell();
                watcher.Renamed += (_, _) => Tell();
                watcher.Deleted += (_, _) => Tell();
                watcher.Error += (_, _) => GiveUp();
                watcher.EnableRaisingEvents = true;
            }
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // The limit of watched directories, or a directory that is away.
            GiveUp();
        }
    }

    /// <summary>Listens no more.</summary>
    public void Stop()
    {
        foreach (FileSystemWatcher watcher in _watchers)
        {
            watcher.Dispose();
        }

        _watchers.Clear();
    }

    /// <summary>Returns whether a change was told since the last call.</summary>
    public bool Take() => _told.Wait(0);

    /// <summary>Waits for a change.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellation)
    {
        if (await _told.WaitAsync(longest, cancellation))
        {
            Tell();
        }
    }

    /// <summary>Compares what was told with what was found; after repeated differences nothing is believed any more.</summary>
    public void Confirm(bool wasTold, bool isFound)
    {
        if (wasTold)
        {
            _missed = 0;
        }
        else if (isFound && _told.CurrentCount == 0 && ++_missed > MostMissed)
        {
            GiveUp();
        }
    }

    public void Dispose()
    {
        Stop();
        _told.Dispose();
    }

    private void Tell()
    {
        lock (_lock)
        {
            if (_told.CurrentCount == 0)
            {
                _told.Release();
            }
        }
    }

    private void GiveUp()
    {
        AreTold = false;
        Tell();
    }
}
