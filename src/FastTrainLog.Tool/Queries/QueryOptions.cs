using System.CommandLine;
using System.CommandLine.Parsing;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Queries;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Queries;

/// <summary>The options by which records are chosen.</summary>
internal sealed class QueryOptions
{
    private readonly Option<string?> _category = new("--category", "-c") { Description = "Only this category, and those below it: training_progress, errors, Loader.", HelpName = "NAME" };
    private readonly Option<LogLevel?> _level = new("--level", "-l")
    {
        Description = "Only this level and above: trace, debug, info, warning, error or critical.",
        HelpName = "LEVEL",
        CustomParser = ParseLevel,
    };

    private readonly Option<string?> _event = new("--event", "-e") { Description = "Only this event, by its number or its name: 1001, Step.", HelpName = "EVENT" };
    private readonly Option<string?> _text = new("--grep", "-g") { Description = "Only records with this text in the message or the exception, ignoring case.", HelpName = "TEXT" };
    private readonly Option<string?> _run = new("--run") { Description = "Only this run: its name as shown by analyze, its identifier, or a prefix of it.", HelpName = "ID" };

    public QueryOptions() => _level.CompletionSources.Add("trace", "debug", "info", "warning", "error", "critical");

    public void AddTo(Command command)
    {
        command.Add(_category);
        command.Add(_level);
        command.Add(_event);
        command.Add(_text);
        command.Add(_run);
    }

    public RecordQuery Read(ParseResult parsed) => new()
    {
        Category = parsed.GetValue(_category),
        Level = parsed.GetValue(_level),
        Event = parsed.GetValue(_event),
        Text = parsed.GetValue(_text),
        Run = parsed.GetValue(_run) is { } run ? new RunSelection(run) : null,
    };

    private static LogLevel? ParseLevel(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text.Equals("info", StringComparison.OrdinalIgnoreCase))
        {
            return LogLevel.Information;
        }

        if (!char.IsAsciiDigit(text[0]) && Enum.TryParse(text, ignoreCase: true, out LogLevel level) && level != LogLevel.None)
        {
            return level;
        }

        result.AddError($"There is no level '{text}': use trace, debug, info, warning, error or critical.");
        return null;
    }
}
