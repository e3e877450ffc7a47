using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Tool.Commands;

namespace FastTrainLog.Tool;

/// <summary>The commands, and what happens to a command line that is wrong.</summary>
internal static class CommandLine
{
    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        RootCommand root = CreateRoot(output, error);
        if (arguments.Length == 0)
        {
            arguments = ["--help"];
        }

        ParseResult parsed = root.Parse(arguments);
        string? unknown = UnknownOption(parsed);
        if (parsed.Errors.Count > 0 || (unknown is not null && parsed.Action is not NotedHelp))
        {
            Explain(parsed, unknown, error);
            return ExitCodes.WrongUsage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (exception is ToolException or LogNotFoundException)
        {
            error.WriteLine(ShownText.Of(exception.Message));
            return ExitCodes.Failed;
        }
        catch (IOException exception) when (StandardOutput.IsReadersEnd(exception))
        {
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(ShownText.Of($"The command failed: {exception.Message}"));
            return ExitCodes.Failed;
        }
    }

    /// <summary>Returns all commands.</summary>
    public static RootCommand CreateRoot(TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Reads the logs of training runs that FastTrainLog wrote, and starts and steers runs.")
        {
            AnalyzeCommand.Create(output, error),
            TailCommand.Create(output, error),
            CatCommand.Create(output, error),
            ExportCommand.Create(output, error),
            CompareCommand.Create(output, error),
            RunsCommand.Create(output, error),
            QueryCommand.Create(error),
            DashboardCommand.Create(output),
            DoctorCommand.Create(output),
            PruneCommand.Create(output, error),
            RecoverCommand.Create(output),
            ControlCommandLine.Create(output, error),
            ShipCommand.Create(output, error),
            RunCommand.Create(error),
        };
        root.Add(CompletionCommand.Create(root, output));
        root.Options.OfType<HelpOption>().Single().Action = new NotedHelp();
        return root;
    }

    // An option that there is not is taken for a directory, and what follows it for one too many: it is the option that is wrong. Behind -- all are arguments.
    private static string? UnknownOption(ParseResult parsed)
    {
        HashSet<string> behind = [.. parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value)];
        IEnumerable<string> values = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);
        return parsed.UnmatchedTokens.Concat(values).FirstOrDefault(token => token is ['-', not ('0' or '1' or '2' or '3' or '4' or '5' or '6' or '7' or '8' or '9'), ..] && token != "--" && !behind.Contains(token));
    }

    private static void Explain(ParseResult parsed, string? unknownOption, TextWriter error)
    {
        Command command = parsed.CommandResult.Command;
        if (unknownOption is not null)
        {
            string name = unknownOption.Split('=', ':')[0];
            string? meant = Suggestion.For(name, command.Options.Concat(parsed.RootCommandResult.Command.Options).SelectMany(option => option.Aliases.Prepend(option.Name)));
            error.WriteLine(ShownText.Of($"Unknown option '{name}'{(meant is null ? "." : $": did you mean '{meant}'?")}"));
        }
        else if (parsed.UnmatchedTokens is [string unknown, ..])
        {
            string what = command.Subcommands.Count > 0 ? "command" : "argument";
            string? meant = Suggestion.For(unknown, command.Subcommands.Select(sub => sub.Name));
            error.WriteLine(ShownText.Of($"Unknown {what} '{unknown}'{(meant is null ? "." : $": did you mean '{meant}'?")}"));
        }
        else
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
            {
                error.WriteLine(ShownText.Of(message));
            }
        }

        string path = command is RootCommand ? "fasttrainlog" : $"fasttrainlog {command.Name}";
        error.WriteLine($"'{path} --help' lists the valid ones.");
    }
}
