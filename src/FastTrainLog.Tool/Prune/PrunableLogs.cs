using FastTrainLog.Journals;
using FastTrainLog.Sinks;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Prune;

/// <summary>The log directories at and below a directory, and which of their files may go: none of a living process, none that a journal waits for.</summary>
/// <remarks>Logs that no process writes are claimed as long as this lives, so that none begins to write them meanwhile.</remarks>
internal sealed class PrunableLogs : IDisposable
{
    private readonly List<LogDirectoryClaim> _claims = [];

    /// <param name="root">A log directory, or one that holds log directories.</param>
    public PrunableLogs(string root)
    {
        foreach (string directory in Directory.EnumerateDirectories(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Prepend(root))
        {
            if (IsLogDirectory(directory))
            {
                Add(directory);
            }
        }
    }

    /// <summary>Gets the files that may go.</summary>
    public List<FoundFile> Files { get; } = [];

    /// <summary>Gets the bytes of the others.</summary>
    public long OtherBytes { get; private set; }

    /// <summary>Gets why the others may not, a line each.</summary>
    public List<string> Reasons { get; } = [];

    /// <summary>Gets how many log directories there are.</summary>
    public int Directories { get; private set; }

    public void Dispose() => _claims.ForEach(claim => claim.Dispose());

    // Every log leaves its lock there; without one the files may be anybody's.
    private static bool IsLogDirectory(string directory) => Directory.EnumerateFiles(directory, ".fasttrainlog.*.lock").Any();

    private void Add(string directory)
    {
        Directories++;
        IReadOnlyList<FoundFile> files = FoundFile.In(directory);
        _claims.AddRange(LogDirectoryClaim.TakeUnused(directory, out List<int> live));
        if (JournalRecovery.FindPending(directory).Count > 0)
        {
            Reasons.Add($"{directory} stays as it is: a killed process left records for it. Recover them first: fasttrainlog recover '{directory}'.");
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
