using FastTrainLog.Journals;
using FastTrainLog.Sinks;

namespace FastTrainLog.Backend;

/// <summary>The files whose lengths a checkpoint covers, and their write failures.</summary>
internal sealed class CheckpointedFiles
{
    private readonly SinkRoute[] _routes;
    private readonly RollingFile[] _files;
    private bool _isTroubled;

    /// <param name="routes">The sinks, some of which are files.</param>
    /// <param name="journal">Where what happens to them is noted; null if there is none.</param>
    public CheckpointedFiles(IEnumerable<SinkRoute> routes, Journal? journal)
    {
        _routes = [.. routes.Where(route => route.File is not null)];
        _files = [.. _routes.Select(route => route.File!)];
        Array.ForEach(_files, file => file.OnFailure = () => _isTroubled = true);
        for (int i = 0; journal is not null && i < _files.Length; i++)
        {
            _files[i].NoteChangesIn(journal.AddFile(i, ((RollingFileSink)_routes[i].Sink).Description));
        }
    }

    /// <summary>Gets whether a file could not be written since the last <see cref="EndTrouble"/>.</summary>
    public bool AreTroubled => _isTroubled;

    /// <summary>Gets whether a file cannot be written.</summary>
    public bool HasFailing => _isTroubled && Array.Exists(_files, static file => file.Failure is not null);

    /// <summary>Gets whether a file has lines that it cannot write.</summary>
    public bool AreBehind => _isTroubled && Array.Exists(_files, static file => file.IsBehind);

    /// <summary>Gets whether a file that cannot be written takes no more lines.</summary>
    public bool AreFull => _isTroubled && Array.Exists(_files, static file => file.IsFull);

    /// <summary>Finds a file that has lines that it cannot write.</summary>
    public SinkRoute? FindBehind() => Array.Find(_routes, static route => route.File!.IsBehind);

    /// <summary>Discards the lines of files that fail while others can be written, once those would have to wait for them, and clears the failures of files that are written again.</summary>
    /// <param name="isLastCall">Whether nothing can wait any longer.</param>
    public void EndTrouble(bool isLastCall)
    {
        foreach (SinkRoute route in _routes)
        {
            RollingFile file = route.File!;
            if (file.IsBehind
                && (file.IsFull || isLastCall)
                && Array.Exists(_files, other => other.WrittenAt > file.FailingSince && (other.Device != file.Device || !FileFailure.IsForWantOfSpace(file.Failure!))))
            {
                route.GiveUpLines();
            }
        }

        _isTroubled = HasFailing;
    }

    /// <summary>Adds their state to a checkpoint.</summary>
    public void AddTo(ref CheckpointWriter checkpoint)
    {
        foreach (RollingFile file in _files)
        {
            checkpoint.AddFile(new CheckpointedFile(file.Length, file.Rotations, file.Replacements, file.Identity, file.Tail));
        }
    }

    /// <summary>Notes that a checkpoint covers what was done to them so far.</summary>
    public void Settle() => Array.ForEach(_files, static file => file.Settle());

    /// <summary>Discards the lines that they could not write.</summary>
    public void Discard() => Array.ForEach(_files, static file => file.Discard());
}
