using System.CommandLine;
using FastTrainLog.Journals;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog recover DIR</c>: writes what killed processes had logged, and what was not written yet, into the log files.</summary>
internal static class RecoverCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var categoryFiles = new Option<string[]>("--category-file")
        {
            Description = "The file of a category of your own, as in TrainLogOptions.CategoryFiles; without it the category's records go to main.log. May be given again.",
            HelpName = "CATEGORY=FILE",
        };
        var command = new DocumentedCommand(
            "recover",
            "Writes what killed processes had logged into the log files.",
            """
            Writes what processes had logged before they were killed, and had not written yet, into the log files: each record once.
            The next start of a run in the directory does the same. To call it again changes nothing.

            Returns 0 if all could be recovered or there was nothing to recover, 1 if a journal is damaged, 2 for a wrong command line.

            Examples:
              fasttrainlog recover logs
              fasttrainlog recover logs --category-file Augmentation=augmentation.log
            """)
        {
            directory, categoryFiles,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(directory), parsed.GetValue(categoryFiles) ?? [], output));
        return command;
    }

    private static int Run(string directory, string[] categoryFiles, TextWriter output)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(directory))
        {
            throw new ToolException($"There is no directory '{directory}'.");
        }

        IReadOnlyList<PendingJournal> pending = JournalRecovery.FindPending(directory);
        if (pending.Count == 0)
        {
            output.WriteLine($"There is nothing to recover in {directory}: no process that was killed left a journal.");
            return ExitCodes.Success;
        }

        IReadOnlyList<RecoveredJournal> recovered;
        using (TrainLogging logging = Create(directory, pending, categoryFiles))
        {
            recovered = logging.RecoveredJournals;
        }

        foreach (RecoveredJournal journal in recovered)
        {
            output.WriteLine(journal.ProcessId == 0
                ? $"A journal could not be read and is kept as {journal.Path}."
                : $"Recovered {journal.Records} records of process {journal.ProcessId}.");
            foreach (string problem in journal.Problems)
            {
                output.WriteLine($"  damaged: {problem}");
            }
        }

        return recovered.All(journal => journal.Problems.Count == 0) ? ExitCodes.Success : ExitCodes.Failed;
    }

    // The start of a log recovers, so this starts one that writes the files that the dead processes wrote.
    private static TrainLogging Create(string directory, IReadOnlyList<PendingJournal> pending, string[] categoryFiles)
    {
        string[] files = [.. pending.SelectMany(journal => journal.Files).Select(file => Path.GetFileName(file))];
        var options = new TrainLogOptions
        {
            LogDirectory = directory,
            EnableConsoleLogging = false,
            // Where no description of a file is left, both.
            EnableJsonLogging = files.Length == 0 || files.Any(file => file.EndsWith(".jsonl", StringComparison.Ordinal)),
            EnableFileLogging = files.Length == 0 || files.Any(file => file.EndsWith(".log", StringComparison.Ordinal)),
            // The limits of the dead process are not known.
            MaxFileSize = 0,
            BufferBytes = 4 * 1024 * 1024,
        };
        foreach (string categoryFile in categoryFiles)
        {
            if (categoryFile.Split('=', 2) is not [{ Length: > 0 } category, { Length: > 0 } file])
            {
                throw new ToolException($"'{categoryFile}' is no category and file: write --category-file CATEGORY=FILE.");
            }

            options.CategoryFiles[category] = file;
        }

        return TrainLogging.Create(options);
    }
}
