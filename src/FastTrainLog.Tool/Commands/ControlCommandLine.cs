using System.CommandLine;
using System.Globalization;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Control;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog control DIR ACTION</c>: sends commands to runs in progress.</summary>
internal static class ControlCommandLine
{
    private const string Source = "fasttrainlog control";

    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var action = new Argument<string>("action") { Description = $"{string.Join(", ", ControlCommand.Actions)}.", HelpName = "ACTION" };
        action.AcceptOnlyFromAmong([.. ControlCommand.Actions]);
        var words = new Argument<string[]>("words") { Description = "The name and the number of set, the name of unset, the text of note.", HelpName = "WORDS", Arity = ArgumentArity.ZeroOrMore };
        var run = new Option<string?>("--run") { Description = "The run, by its identifier or a prefix of it, if several are in progress in the directory.", HelpName = "ID" };
        var rank = new Option<int?>("--rank") { Description = "One rank of a run of several processes; without it each gets the command.", HelpName = "N" };
        var command = new DocumentedCommand(
            "control",
            "Sends commands to a run in progress: pause, resume, stop, checkpoint, set, unset, note, status.",
            """
            Sends a command to a run in progress whose program has TrainingRunOptions.EnableControl. It takes effect after the step that the run is in:

              pause            waits before the next step, until resume
              resume           ends the pause
              stop             ends the run; its outcome is 'stopped'
              checkpoint       saves a checkpoint, if the program has set run.Control.OnCheckpoint
              set NAME VALUE   uses a number in place of the program's own, if the program asks for it by run.Control.Value(NAME, …)
              unset NAME       uses the program's own number again
              note TEXT        writes a note into the log
              status           shows what can be set, and whether the run is paused

            Only the user of the run, and root, can do this. Each command is a record of the log, with who sent it and what it changed.

            Returns 0; 1 if no run takes commands or one refuses it, 2 for a wrong command line.

            Examples:
              fasttrainlog control logs pause
              fasttrainlog control logs set learning_rate 0.0005
              fasttrainlog control logs note 'the data loader was restarted' --run 20260101
            """)
        {
            directory, action, words, run, rank,
        };
        command.SetAction(parsed => Interruptible.Run(cancellation =>
        {
            ControlCommand sent = Parse(parsed.GetRequiredValue(action), parsed.GetValue(words) ?? [], out string? problem);
            if (problem is not null)
            {
                error.WriteLine(ShownText.Of(problem));
                error.WriteLine("'fasttrainlog control --help' lists the valid ones.");
                return ExitCodes.WrongUsage;
            }

            IReadOnlyList<ControlledRun> runs = Find(parsed.GetRequiredValue(directory), parsed.GetValue(run), parsed.GetValue(rank), cancellation);
            return Send(sent, runs, output, error, cancellation);
        }));
        return command;
    }

    private static ControlCommand Parse(string action, string[] words, out string? problem)
    {
        problem = null;
        int expected = action switch { "set" => 2, "unset" => 1, "note" => Math.Max(1, words.Length), _ => 0 };
        if (words.Length != expected)
        {
            problem = action switch
            {
                "set" => "'set' needs a name and a number: set NAME VALUE.",
                "unset" => "'unset' needs a name: unset NAME.",
                "note" => "'note' needs a text: note TEXT.",
                _ => $"'{action}' takes nothing more, but got '{words[0]}'.",
            };
            return ControlCommand.Status;
        }

        try
        {
            return action switch
            {
                "set" when double.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) => ControlCommand.Set(words[0], value),
                "set" => throw new ArgumentException($"The value of 'set' is '{words[1]}', but must be a finite number, such as 0.001 or 1e-3."),
                "unset" => ControlCommand.Unset(words[0]),
                "note" => ControlCommand.Note(string.Join(' ', words)),
                _ => ControlCommand.Of(action),
            };
        }
        catch (ArgumentException exception)
        {
            problem = exception.Message;
            return ControlCommand.Status;
        }
    }

    private static IReadOnlyList<ControlledRun> Find(string directory, string? run, int? rank, CancellationToken cancellation)
    {
        if (!Directory.Exists(directory))
        {
            throw new ToolException($"There is no directory '{directory}'.");
        }

        IReadOnlyList<ControlledRun> all = ControlledRun.FindAsync(directory, cancellation).GetAwaiter().GetResult();
        if (all.Count == 0)
        {
            throw new ToolException(
                $"No run in '{Path.GetFullPath(directory)}' takes commands from you now. It must be in progress, be yours, and set TrainingRunOptions.EnableControl; the log says if it could not open its socket.");
        }

        List<ControlledRun> found = [.. all.Where(candidate => run is null || candidate.Status.RunId == run)];
        if (found.Count == 0)
        {
            found = [.. all.Where(candidate => candidate.Status.RunId.StartsWith(run!, StringComparison.OrdinalIgnoreCase))];
        }

        string[] names = [.. (found.Count == 0 ? all : found).Select(candidate => candidate.Status.RunId).Distinct()];
        if (found.Count == 0)
        {
            throw new ToolException($"No run '{run}' takes commands from you now; these do: {string.Join(", ", names)}.");
        }

        if (names.Length > 1)
        {
            throw new ToolException($"{names.Length} runs take commands, so give one by --run ID: {string.Join(", ", names)}.");
        }

        List<ControlledRun> ranks = [.. found.Where(candidate => rank is null || candidate.Status.Rank == rank)];
        return ranks.Count > 0 ? ranks
            : throw new ToolException($"Run {names[0]} has no rank {rank} that takes commands; it has {string.Join(", ", found.Select(candidate => candidate.Status.Rank))}.");
    }

    private static int Send(ControlCommand command, IReadOnlyList<ControlledRun> runs, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        bool isStatus = command == ControlCommand.Status;
        int code = ExitCodes.Success;
        foreach (ControlledRun run in runs)
        {
            string name = ShownText.Of(run.Status.WorldSize > 1 ? string.Create(CultureInfo.InvariantCulture, $"{run.Status.RunId}/{run.Status.Rank}") : run.Status.RunId);
            if (isStatus)
            {
                Show(name, run.Status, output);
                continue;
            }

            ControlReply reply = run.SendAsync(command with { Source = Source }, cancellation).GetAwaiter().GetResult();
            (reply.Accepted ? output : error).WriteLine($"{name}: {(reply.Accepted ? string.Empty : "refused: ")}{ShownText.Of(reply.Message)}");
            code = reply.Accepted ? code : ExitCodes.Failed;
        }

        return code;
    }

    private static void Show(string name, RunControlStatus status, TextWriter output)
    {
        string step = status.Step is { } last
            ? string.Create(CultureInfo.InvariantCulture, $"step {last}{(status.TotalSteps is { } total ? $" of {total}" : string.Empty)}")
            : "no step yet";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {ShownText.Of(status.State)}, {step}, process {status.ProcessId}, checkpoints on command: {(status.SavesCheckpoints ? "yes" : "no")}"));
        foreach (ControlledValue value in status.Values)
        {
            string own = value.Own.ToString("R", CultureInfo.InvariantCulture);
            output.WriteLine(value.Set is { } set
                ? $"  {ShownText.Of(value.Name)} = {set.ToString("R", CultureInfo.InvariantCulture)} by command, {own} by the program"
                : $"  {ShownText.Of(value.Name)} = {own}");
        }
    }
}
