using System.CommandLine;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Recovery;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog recover DIR</c>: writes what killed processes had logged, and what was not written yet, into the log files.</summary>
internal static class RecoverCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var command = new DocumentedCommand(
            "recover",
            "Writes what killed processes had logged to the log files.",
            """
            Writes what processes had logged before they were killed, and had not written yet, into the log files: each record once, into the files that it was meant for.
            The next start of a run in the directory does the same. To call it again changes nothing. Only journals of the user who calls it are read.

            Returns 0 if all could be recovered or there was nothing to recover, 1 if a journal is damaged or had to wait, 2 for a wrong command line.

            Examples:
              fasttrainlog recover logs
            """)
        {
            directory,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(directory), output));
        return command;
    }

    private static int Run(string directory, TextWriter output)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(directory))
        {
            throw new ToolException($"There is no directory '{directory}'.");
        }

        IReadOnlyList<RecoveredJournal> recovered = KilledLogs.Recover(directory);
        if (recovered.Count == 0)
        {
            output.WriteLine($"There is nothing to recover in {directory}: no killed process of this user left a journal.");
            return ExitCodes.Success;
        }

        foreach (RecoveredJournal journal in recovered)
        {
            output.WriteLine(journal.ProcessId == 0
                ? $"A journal could not be read and is kept as {journal.Path}."
                : $"Recovered {journal.Records} records of process {journal.ProcessId}.");
            foreach (string problem in journal.Problems)
            {
                output.WriteLine(ShownText.Of($"  problem: {problem}"));
            }
        }

        return recovered.All(journal => journal.Problems.Count == 0) ? ExitCodes.Success : ExitCodes.Failed;
    }
}
