using FastTrainLog.Files;
using FastTrainLog.Journals;
using FastTrainLog.Sinks;

namespace FastTrainLog.Recovery;

/// <summary>The intended files of a journal's records, restored, and with the names claimed as the killed log had claimed them.</summary>
internal sealed class MeantFiles : IDisposable
{
    private readonly JournalImage _image;
    private readonly UnixFileMode? _mode;
    private readonly LogDirectoryClaim? _claim;
    private readonly List<Target> _targets = [];
    private readonly List<RecoveredFile> _files = [];
    private readonly List<IDisposable> _opened = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<int, Restoration> _restorations = [];

    /// <param name="directory">The log directory.</param>
    /// <param name="image">The journal.</param>
    /// <param name="sinks">The custom sinks.</param>
    /// <param name="filters">The user's filters of files.</param>
    /// <param name="mode">The permissions of files that are missing; null for the usual ones.</param>
    /// <exception cref="IOException">The files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The files may not be written.</exception>
    public MeantFiles(OpenDirectory directory, JournalImage image, IReadOnlyList<SinkRegistration> sinks, IReadOnlyDictionary<string, RecordFilter> filters, UnixFileMode? mode)
    {
        _image = image;
        _mode = mode;
        int number = image.Header.Number;
        if (image.Files.Values.FirstOrDefault(file => file.IsOwn && !OpenDirectory.IsPlainName(file.Path)) is { } outside)
        {
            Refusal = $"it names a file outside its directory, '{outside.Path}'";
            return;
        }

        _claim = number > 0 ? LogDirectoryClaim.TryTake(directory.Path, number) : null;
        if (number > 0 && _claim is null)
        {
            (Refusal, MayBecomePossible) = ("another log writes the files that its records belong to; a start after that log has ended writes them", true);
            return;
        }

        try
        {
            foreach ((int key, LogFileDescription file) in image.Files.OrderBy(file => file.Key))
            {
                AddTarget(key, file, directory, sinks, filters);
            }

            Restore();
            foreach (Target target in Refusal is null ? _targets : [])
            {
                AddFile(target);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gets why nothing is written.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Gets whether a later recovery may succeed.</summary>
    public bool MayBecomePossible { get; }

    /// <summary>Gets whether all records were written, so that the journal may be deleted.</summary>
    public bool AreAllPlaced { get; private set; } = true;

    /// <summary>Gets what could not be written, and why.</summary>
    public IEnumerable<string> Problems => _problems.Concat(_files.Select(file => file.Refusals).OfType<string>());

    /// <summary>Gets whether files may already contain some of the records, so that each record must be passed to <see cref="AddSought"/> before any is written.</summary>
    public bool MustSearch => _files.Exists(file => file.MustSearch);

    /// <summary>Adds a record that files may already contain.</summary>
    public void AddSought(in LogRecord record)
    {
        foreach (RecoveredFile file in _files)
        {
            file.AddSought(record);
        }
    }

    /// <summary>Searches these files for the records.</summary>
    public void Search() => _files.ForEach(file => file.Search());

    /// <summary>Adds a record to the files whose filter accepts it.</summary>
    /// <returns>Whether it was not in all of them.</returns>
    public bool Write(in LogRecord record)
    {
        bool isNew = false;
        bool isTaken = false;
        foreach (RecoveredFile file in _files)
        {
            if (file.Write(record) is { } added)
            {
                isTaken = true;
                isNew |= added;
            }
        }

        return isNew || !isTaken;
    }

    /// <summary>Writes what is buffered.</summary>
    public void Finish() => _files.ForEach(file => file.Finish());

    /// <summary>Notes that the killed log has ended: its journal is gone.</summary>
    public void End()
    {
        // Unless another log has the names by now.
        if (_claim?.Note.Log == _image.Header.Log)
        {
            _claim.End();
        }
    }

    public void Dispose()
    {
        _files.ForEach(file => file.Release());
        _opened.ForEach(opened => opened.Dispose());
        _claim?.Dispose();
    }

    private void AddTarget(int number, LogFileDescription file, OpenDirectory directory, IReadOnlyList<SinkRegistration> sinks, IReadOnlyDictionary<string, RecordFilter> filters)
    {
        if (file.IsOwn)
        {
            _targets.Add(new Target(number, file, directory, file.Path, null, DescribedFilter.Of(file, filters.GetValueOrDefault(file.Name))));
        }
        else if (sinks.FirstOrDefault(sink => sink.Sink is RollingFileSink own && own.File.Path == file.Path) is { } registered)
        {
            OpenDirectory elsewhere = OpenDirectory.Open(Path.GetDirectoryName(file.Path)!);
            _opened.Add(elsewhere);
            _targets.Add(new Target(number, file, elsewhere, Path.GetFileName(file.Path), ((RollingFileSink)registered.Sink).File, registered.Filter));
        }
        else
        {
            // A path that only the journal names is not trusted.
            _problems.Add($"records may be missing in {file.Path}: this log has no RollingFileSink of that path");
        }
    }

    private void Restore()
    {
        if (_image.IsOfAnotherBoot)
        {
            RestoreAfterReboot();
            return;
        }

        if (_image.Checkpoint is not { } checkpoint)
        {
            // Killed before the first checkpoint: nothing was written. A damaged one is reported with the journal.
            return;
        }

        Target[] checkpointed = [.. _targets.Where(target => target.Number >= 0 && target.Number < checkpoint.Files.Count)];
        Target[] begun = [.. checkpointed.Where(target => target.File.IsOwn && RestorationOf(target).IsBegun(target.Number))];
        if (begun.Length > 0 && Array.TrueForAll(begun, target => RestorationOf(target).IsGone(target.Name)))
        {
            Refusal = "the log files that its records belong to were deleted";
            return;
        }

        bool wasTakenOver = _claim?.Note.Left.Exists(left => left.Log == _image.Header.Log) == true;
        foreach (Target target in checkpointed)
        {
            Restoration restoration = RestorationOf(target).Examine(target.Number, target.Name, wasTakenOver && target.File.IsOwn);
            _restorations[target.Number] = restoration;
            if (restoration.Refusal is { } refusal)
            {
                _problems.Add(refusal);
            }
        }

        // From now on the names belong to the killed log again: another log that takes them over must note it.
        TakeNames();
        foreach (Target target in checkpointed.Where(target => _restorations[target.Number].CutsBack))
        {
            RestorationOf(target).CutBack(target.Number, target.Name);
        }
    }

    private void RestoreAfterReboot()
    {
        _problems.Add("the machine was booted again since: if it had lost power, records may be missing or damaged that were not on the disk yet");
        foreach (Target target in _targets.Where(target => target.Number >= 0 && target.Number < _image.Header.Layout.Files))
        {
            Restoration restoration = RestorationOf(target).ExamineAfterReboot(target.Number, target.Name);
            _restorations[target.Number] = restoration;
            if (restoration.Refusal is { } refusal)
            {
                _problems.Add(refusal);
            }
        }

        TakeNames();
    }

    private void TakeNames()
    {
        _claim?.Begin(_image.Header.Log, _image.Header.ProcessId, _image.Header.Machine);
        _claim?.RequireNote();
    }

    private FileRestoration RestorationOf(Target target) => new(target.Directory, _image);

    private void AddFile(Target target)
    {
        Restoration? restoration = _restorations.GetValueOrDefault(target.Number);
        if (restoration?.Refusal is not null)
        {
            AreAllPlaced = false;
            return;
        }

        RollingFile? file = target.Opened;
        if (file is null)
        {
            file = new RollingFile(target.Directory.PathOf(target.Name), maxSize: 0, backups: int.MaxValue, mode: _mode);
            _opened.Add(file);
        }

        _files.Add(new RecoveredFile(
            target.Name, file, target.File.IsJson, target.Filter, restoration?.Written is { } parts ? (target.Directory, parts) : null,
            restoration is { CutsBack: true } ? new RecoveryHistory(_image, target.Number) : null));
    }

    /// <summary>A file, its place, and its filter.</summary>
    private sealed record Target(int Number, LogFileDescription File, OpenDirectory Directory, string Name, RollingFile? Opened, RecordFilter? Filter);
}
