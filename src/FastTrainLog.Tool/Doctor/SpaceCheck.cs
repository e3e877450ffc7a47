using FastTrainLog.Analysis.Reports;
using FastTrainLog.Frontend;
using FastTrainLog.Journals;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks whether the disk has space for the logs, and the memory-backed folder for the journal.</summary>
internal static class SpaceCheck
{
    private const long Low = 1L << 30;
    private const long VeryLow = 64L << 20;
    private const int UsualFiles = 16;

    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        if (Directory.Exists(state.Path))
        {
            long free = new DriveInfo(state.Path).AvailableFreeSpace;
            string found = $"{FigureText.Bytes(free)} free on the disk of {state.Path}";
            string fix = $"free space: fasttrainlog prune '{state.Path}' shows what can be deleted from the logs";
            yield return free < VeryLow ? Finding.Error(found, fix) : free < Low ? Finding.Warning(found, fix) : Finding.Ok(found);
        }

        if (!Directory.Exists(state.Path) || !state.Options.EnableJournal)
        {
            yield break;
        }

        using JournalFolders folders = JournalFolders.Open(state.Path, mayMake: true);
        string folder = folders.Folders[0].Path;
        long needed = new JournalLayout((int)(state.Options.BufferBytes / Page.Size) + LogPipeline.OwnPages, UsualFiles).TotalBytes;
        long available = new DriveInfo(folder).AvailableFreeSpace;
        string room = $"{FigureText.Bytes(available)} free in {folder}, and a journal takes {FigureText.Bytes(needed)}";
        yield return available >= needed
            ? Finding.Ok(room)
            : Finding.Error(
                $"{room}: a run that starts now has no journal, and if it is killed loses what is not written yet",
                folder == state.Path ? "free some space" : "enlarge it (docker run --shm-size=256m; in Kubernetes an emptyDir with medium: Memory), or lower TrainLogOptions.BufferBytes");
    }
}
