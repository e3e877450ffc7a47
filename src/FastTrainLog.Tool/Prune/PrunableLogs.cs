using FastTrainLog.Recovery;
using FastTrainLog.Sinks;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Prune;

/// <summary>The log directories at and below a directory, and which of their files may be deleted: none of a running process, and none with a journal to recover.</summary>
/// <remarks>Logs that no process writes are claimed until this is disposed, so that no process starts to write them meanwhile.</remarks>
internal sealed class PrunableLogs : IDisposable
{
    private readonly List<LogDirectoryClaim> _claims = [];

    private readonly TrainLogOptions _options = new();

    /// <param name="root">A log directory, or one that contains log directories.</param>
    /// <param name="categoryFiles">The files of categories that have one of their own.</param>
    public PrunableLogs(string root, IReadOnlyList<string> categoryFiles)
    {
        foreach (string file in categoryFiles)
        {
            _options.CategoryFiles[file] = file;
        }

        foreach (string directory in Directory.EnumerateDirectories(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Prepend(root))
        {
            if (IsLogDirectory(directory))
            {
                Add(directory);
            }
        }
    }

    /// <summary>Gets the files that may be deleted.</summary>
    public List<FoundFile> Files { get; } = [];

    /// <summary>Gets the bytes of the others.</summary>
    public long OtherBytes { get; private set; }

    /// <summary>Gets why the others may not, one line each.</summary>
    public List<string> Reasons { get; } = [];

    /// <summary>Gets how many log directories there are.</summary>
    public int Directories { get; private set; }

    public void Dispose() => _claims.ForEach(claim => claim.Dispose());

    // Every log creates its lock there; without one the files may belong to another program.
    private static bool IsLogDirectory(string directory) => Directory.EnumerateFiles(directory, ".fasttrainlog.*.lock").Any();

    private void Add(string directory)
    {
        Directories++;
        IReadOnlyList<FoundFile> files = FoundFile.In(directory, _options, out IReadOnlyList<string> others);
        if (others.Count > 0)
        {
            Reasons.Add($"{directory}: {others[0]}{(others.Count > 1 ? $" and {others.Count - 1} more stay" : " stays")}, for every log has files of other names only; name a category's own with --category-file.");
        }

        _claims.AddRange(LogDirectoryClaim.TakeUnused(directory, out List<int> live));
        if (JournalRecovery.FindPending(directory).Count > 0)
        {
            Reasons.Add($"{directory} is not pruned: a killed process left records for it. Recover them first: fasttrainlog recover '{directory}'.");
            OtherBytes += files.Sum(file => file.Length);
            return;
        }

        if (live.Count > 0)
        {
            Reasons.Add($"{directory}: the files of {live.Count} {(live.Count == 1 ? "process that writes" : "processes that write")} now stay.");
        }

        foreach (FoundFile file in files)
        {
            if (live.Contains(file.Log))
            {
                OtherBytes += file.Length;
            }
            else
            {
                Files.Add(file);
            }
        }
    }
}
