using System.CommandLine;
using System.CommandLine.Help;
using FastTrainLog.Tool.Commands;

namespace FastTrainLog.Tool;

/// <summary>The commands, and what becomes of a command line that is wrong.</summary>
internal static class CommandLine
{
    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Reads the logs of training runs that FastTrainLog wrote.")
        {
            AnalyzeCommand.Create(output, error),
            TailCommand.Create(output, error),
            ExportCommand.Create(output, error),
            CompareCommand.Create(output, error),
            DoctorCommand.Create(output),
            PruneCommand.Create(output, error),
            RecoverCommand.Create(output),
        };
        root.Options.OfType<HelpOption>().Single().Action = new NotedHelp();
        if (arguments.Length == 0)
        {
            arguments = ["--help"];
        }

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            Explain(parsed, error);
            return ExitCodes.WrongUsage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (ToolException exception)
        {
            error.WriteLine(exception.Message);
            return ExitCodes.Failed;
        }
        catch (IOException exception) when (StandardOutput.IsReadersEnd(exception))
        {
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"The command failed: {exception.Message}");
            return ExitCodes.Failed;
        }
    }

    private static void Explain(ParseResult parsed, TextWriter error)
    {
        Command command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [string unknown, ..])
        {
            IEnumerable<string> options = command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(option => option.Name);
            IEnumerable<string> known = unknown.StartsWith('-') ? options : command.Subcommands.Select(sub => sub.Name);
            string what = unknown.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            string? meant = Suggestion.For(unknown, known);
            error.WriteLine($"Unknown {what} '{unknown}'{(meant is null ? "." : $": did you mean '{meant}'?")}");
        }
        else
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
            {
                error.WriteLine(message);
            }
        }

        string path = command is RootCommand ? "fasttrainlog" : $"fasttrainlog {command.Name}";
        error.WriteLine($"'{path} --help' shows what there is.");
    }
}
