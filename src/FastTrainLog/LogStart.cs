using FastTrainLog.Backend;
using FastTrainLog.Journals;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Platform;
using FastTrainLog.Recovery;
using FastTrainLog.Redaction;
using FastTrainLog.Sinks;
using FastTrainLog.Training;

namespace FastTrainLog;

/// <summary>The handling of journals at the start of a log: its own, and those of killed processes.</summary>
internal static class LogStart
{
    /// <summary>Creates the journal of a log, and notes in the directory which log owns the names of its files.</summary>
    /// <returns>The journal; null if none can be created, for the reason in <paramref name="trouble"/>.</returns>
    public static Journal? TryCreateJournal(TrainLogOptions options, int pages, TickConverter clock, List<SinkRoute> routes, Guid? mark, LogDirectoryClaim? claim, ScrubRules? scrubbed, out string? trouble)
    {
        if (mark is not { } directory)
        {
            trouble = "the log directory has no number by which a recovery would recognise it";
            return null;
        }

        Journal? journal = null;
        try
        {
            trouble = null;
            var log = Guid.NewGuid();
            RollingFileSink[] files = [.. routes.Select(route => route.Sink).OfType<RollingFileSink>()];
            if (files.Length > JournalLayout.MostFiles)
            {
                trouble = $"the log has {files.Length} files, and a journal is for {JournalLayout.MostFiles} at most";
                return null;
            }

            var owner = new JournalOwner(
                options.LogDirectory,
                directory,
                log,
                claim?.Number ?? 0,
                options.EnableSymbols,
                options.JsonMessage == JsonMessageForm.Template,
                files.Length,
                scrubbed);
            journal = Journal.Create(owner, pages, clock);
            // Before anything is written to a file, so that another log that takes the names over can find their previous owner.
            claim?.Begin(log, Environment.ProcessId, Machine.This);
            return journal;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            journal?.End(isWritten: true);
            journal?.Free();
            trouble = exception.Message;
            return null;
        }
    }

    /// <summary>Logs the results of the start: the records of killed processes that were recovered, and those that were not.</summary>
    public static void Report(TrainLogging logging, string? journalTrouble, LeftLog? left)
    {
        TrainLogger system = logging.GetLogger(LogCategories.System);
        if (journalTrouble is not null)
        {
            BackendMessages.JournalOff(system, journalTrouble);
        }

        logging.Options.UnknownKeys.ForEach(key => ConfiguredLogging.KeyUnknown(system, key));
        if (left is not null)
        {
            BackendMessages.JournalMissing(system, left.ProcessId, left.Machine.Host, logging.Options.LogDirectory, left.Machine.Host != Machine.This.Host
                ? "it ran elsewhere; 'fasttrainlog recover' there writes what is missing, if its journal is still there"
                : left.Machine.Boot != Machine.This.Boot
                    ? "the machine was rebooted since, so what was not written is lost"
                    : "somebody deleted it, or it is in the memory of another container; a start or 'fasttrainlog recover' there writes what is missing");
        }

        foreach (RecoveredJournal journal in logging.RecoveredJournals)
        {
            // If nothing was missing, this is not a problem; the ends of its runs are always logged.
            if (journal is { ProcessId: not 0, Records: > 0 })
            {
                BackendMessages.JournalRecovered(system, journal.Records, journal.ProcessId);
            }

            foreach (KilledRun killed in journal.Runs)
            {
                logging.Runs.ReportKilled(killed, journal.ProcessId);
                EndSnapshot(logging.Options.LogDirectory, killed, journal.ProcessId, system);
            }

            foreach (string problem in journal.Problems)
            {
                BackendMessages.JournalDamaged(system, journal.Path, problem);
            }
        }
    }

    // Its log lines tell the end; without this the snapshot beside them would say for ever that the run goes on.
    private static void EndSnapshot(string logDirectory, KilledRun killed, int processId, TrainLogger system)
    {
        (RunOutcome outcome, string reason) = OpenRuns.EndOf(killed, processId);
        try
        {
            KilledSnapshot.End(logDirectory, killed.Run.Id, killed.Run.Rank, outcome, reason, killed.Last - killed.Started, killed.Last);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            BackendMessages.SnapshotNotEnded(system, killed.Run.Id, exception.Message);
        }
    }
}
