using System.CommandLine;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Tool.Launch;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog run -- COMMAND</c>: starts a training program, or several ranks of it, and watches it.</summary>
internal static class RunCommand
{
    private const int MostRanks = 1024;

    public static Command Create(TextWriter error)
    {
        var words = new Argument<string[]>("command") { Description = "The command and its arguments, behind --.", HelpName = "COMMAND", Arity = ArgumentArity.OneOrMore };
        var ranks = new Option<int>("--ranks") { Description = "How many processes of it are started; 1 by default.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var restart = new Option<string?>("--restart") { Description = "on-failure or on-failure:MAX: starts all ranks again after a failure, 3 or MAX times at most.", HelpName = "POLICY" };
        var directory = new Option<string>("--log-dir") { Description = "The log directory of the run; logs by default.", HelpName = "DIR", DefaultValueFactory = _ => "logs" };
        var dashboard = new Option<bool>("--dashboard") { Description = "Shows 'fasttrainlog dashboard' over the log directory while the command runs, at a free port, which is printed." };
        var command = new DocumentedCommand(
            "run",
            "Starts a training program, or several ranks of it, and watches it.",
            $"""
            Starts a command, shows its output and keeps it in DIR/launcher/rank-N.log, and records in DIR/launcher what became of it. Each process has the
            environment variables RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT, RUN_ID, RESTART_COUNT and FASTTRAINLOG_LOG_DIRECTORY.
            If a rank fails, the others get SIGTERM, and are killed {LaunchPlan.Grace.TotalSeconds} s later. Ctrl+C, SIGTERM, SIGHUP and SIGQUIT are forwarded to all ranks. What a killed
            process had logged is written to its log files at once.

            Returns 0 if all ranks did; else what the rank that failed first returned, or 128 and the number of the signal that ended it; 127 if there is no
            such command, 126 if it cannot be executed, 1 if the log directory cannot be written, 2 for a wrong command line.

            Examples:
              fasttrainlog run -- dotnet run -c Release --project samples/DigitsTraining
              fasttrainlog run --dashboard -- dotnet train.dll
              fasttrainlog run --ranks 4 --restart on-failure:3 -- dotnet train.dll --epochs 10
            """)
        {
            words, ranks, restart, directory, dashboard,
        };
        command.SetAction(parsed =>
        {
            int count = parsed.GetValue(ranks);
            int most = RestartPolicy.Parse(parsed.GetValue(restart), out string? problem);
            problem ??= count is < 1 or > MostRanks ? $"The option --ranks is {count}, but must be from 1 to {MostRanks}." : null;
            if (problem is not null)
            {
                error.WriteLine(ShownText.Of(problem));
                error.WriteLine("'fasttrainlog run --help' lists the valid ones.");
                return ExitCodes.WrongUsage;
            }

            if (OperatingSystem.IsWindows())
            {
                throw new ToolException("'fasttrainlog run' needs process groups and signals, which Windows does not have: start the program itself there.");
            }

            return Start(new LaunchPlan(parsed.GetRequiredValue(words), count, most, Path.GetFullPath(parsed.GetValue(directory)!), parsed.GetValue(dashboard)), error);
        });
        return command;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static int Start(LaunchPlan plan, TextWriter error)
    {
        try
        {
            using var launcher = new Launcher(plan, error);
            return launcher.Run();
        }
        catch (LaunchException exception)
        {
            error.WriteLine(ShownText.Of(exception.Message));
            return exception.ExitCode;
        }
    }
}
