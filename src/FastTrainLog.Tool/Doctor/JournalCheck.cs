using FastTrainLog.Analysis.Reports;
using FastTrainLog.Journals;
using FastTrainLog.Recovery;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks whether ended processes left journals: of this directory, and of directories that no longer exist.</summary>
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

        foreach (string aside in Directory.Exists(state.Path) ? JournalRecovery.FindSetAside(state.Path) : [])
        {
            yield return Finding.Warning($"{aside} could not be recovered and was set aside", "see what the log reported at the next start (event JournalDamaged), then delete it");
        }

        using (JournalFolders folders = JournalFolders.Open(null, mayMake: false))
        {
            foreach (string refusal in folders.Refusals)
            {
                yield return Finding.Warning($"journals are kept in another place: {refusal}", "find out who created it; a log uses the next place that is safe");
            }
        }

        foreach (PendingJournal orphan in JournalRecovery.FindAbandoned())
        {
            yield return Finding.Warning(
                $"{orphan.Path} ({FigureText.Bytes(orphan.Length)}) belongs to {orphan.Directory}, which is gone, and contains {orphan.Records} records",
                "delete it, if these records are not needed");
        }

        if (state.Journals.Count == 0)
        {
            yield return Finding.Ok("no journal of a dead process is left to recover");
        }
    }
}
