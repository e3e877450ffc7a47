using FastTrainLog.Analysis.Reports;
using FastTrainLog.Journals;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Whether dead processes left journals: of this directory, and of directories that are gone.</summary>
internal static class JournalCheck
{
    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        foreach (PendingJournal journal in state.Journals)
        {
            if (journal.ProcessId == 0)
            {
                yield return Finding.Error($"the journal {journal.Path} cannot be read: {journal.Problems[0]}", "recover it with the version of FastTrainLog, and as the user, that wrote it, or delete it");
                continue;
            }

            yield return Finding.Warning(
                $"process {journal.ProcessId} was killed and left {journal.Records} records in {journal.Path}{string.Concat(journal.Problems.Select(problem => $"; {problem}"))}",
                $"fasttrainlog recover '{state.Path}', or start a run there");
        }

        string folder = Journal.FolderOf(state.Path);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (string aside in Directory.EnumerateFiles(folder, Journal.PrefixOf(state.Path) + "*.unreadable"))
        {
            yield return Finding.Warning($"{aside} could not be recovered and was set aside", "recover it with the version of FastTrainLog that wrote it, or delete it");
        }

        foreach (PendingJournal orphan in JournalRecovery.FindAbandoned(folder))
        {
            yield return Finding.Warning(
                $"{orphan.Path} ({FigureText.Bytes(new FileInfo(orphan.Path).Length)}) belongs to {orphan.Directory}, which is gone, and holds {orphan.Records} records",
                "delete it, if nobody misses them");
        }

        if (state.Journals.Count == 0)
        {
            yield return Finding.Ok("no journal of a dead process waits to be recovered");
        }
    }
}
