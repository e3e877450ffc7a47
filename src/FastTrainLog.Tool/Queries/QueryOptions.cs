using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
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

    private readonly Option<DateTime?> _since = TimeOption("--since", "Only records of this time or later");
    private readonly Option<DateTime?> _until = TimeOption("--until", "Only records up to this time");
    private readonly Option<long?> _fromStep = new("--from-step") { Description = "Only records of this step or a later one.", HelpName = "STEP" };
    private readonly Option<long?> _toStep = new("--to-step") { Description = "Only records up to this step.", HelpName = "STEP" };

    public QueryOptions() => _level.CompletionSources.Add("trace", "debug", "info", "warning", "error", "critical");

    public void AddTo(Command command)
    {
        command.Add(_category);
        command.Add(_level);
        command.Add(_event);
        command.Add(_text);
        command.Add(_run);
        command.Add(_since);
        command.Add(_until);
        command.Add(_fromStep);
        command.Add(_toStep);
    }

    public RecordQuery Read(ParseResult parsed) => new()
    {
        Category = parsed.GetValue(_category),
        Level = parsed.GetValue(_level),
        Event = parsed.GetValue(_event),
        Text = parsed.GetValue(_text),
        Run = parsed.GetValue(_run) is { } run ? new RunSelection(run) : null,
        Since = parsed.GetValue(_since),
        Until = parsed.GetValue(_until),
        FirstStep = parsed.GetValue(_fromStep),
        LastStep = parsed.GetValue(_toStep),
    };

    private static Option<DateTime?> TimeOption(string name, string description) => new(name)
    {
        Description = $"{description}, such as 2026-11-24T06:00:00: local time, or with a zone as in 06:00:00Z.",
        HelpName = "TIME",
        CustomParser = static result =>
        {
            string text = result.Tokens[0].Value;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time))
            {
                return time.UtcDateTime;
            }

            result.AddError($"'{text}' is not a time: write it like 2026-11-24T06:00:00.");
            return null;
        },
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
