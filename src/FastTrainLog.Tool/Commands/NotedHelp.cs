using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace FastTrainLog.Tool.Commands;

/// <summary>Help as usual, and after it the notes of a <see cref="DocumentedCommand"/>.</summary>
internal sealed class NotedHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    // A request for help lacks the required arguments.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DocumentedCommand command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(command.Notes);
        }

        return code;
    }
}
