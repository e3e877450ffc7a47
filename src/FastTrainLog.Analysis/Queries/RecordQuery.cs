using System.Globalization;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Queries;

/// <summary>The selection of records; null criteria do not apply.</summary>
/// <remarks>Keeps which criteria were matched, so that it can report why no record was selected. Not thread-safe.</remarks>
internal sealed class RecordQuery
{
    private const int MostRemembered = 10_000;

    private RunTracker _runs = new();
    private readonly HashSet<string> _categories = [];
    private readonly HashSet<string> _events = [];
    private bool _eventMet;
    private bool _categoryMet;

    /// <summary>Gets the category, with those below it, up to a dot.</summary>
    public string? Category { get; init; }

    /// <summary>Gets the lowest level.</summary>
    public LogLevel? Level { get; init; }

    /// <summary>Gets the event's number or name.</summary>
    public string? Event { get; init; }

    /// <summary>Gets a text in the message or in the exception, ignoring case.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the runs.</summary>
    public RunSelection? Run { get; init; }

    /// <summary>Gets the first step; records that belong to no step are then not selected.</summary>
    public long? FirstStep { get; init; }

    /// <summary>Gets the last step.</summary>
    public long? LastStep { get; init; }

    /// <summary>Gets the earliest time, in UTC.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Gets the latest time, in UTC.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Gets whether there is a criterion that lines of text cannot meet.</summary>
    public bool HasFieldsOfRecords => Category is not null || Event is not null || Run is not null || FirstStep is not null || LastStep is not null || Since is not null || Until is not null;

    private object?[] Criteria => [Category, Level, Event, Text, Run, FirstStep, LastStep, Since, Until];

    /// <summary>Gets whether there is any criterion.</summary>
    public bool IsSelective => Array.Exists(Criteria, criterion => criterion is not null);

    /// <summary>Gets whether there is a criterion besides the run and its steps.</summary>
    public bool SelectsAmongRecords => Category is not null || Level is not null || Event is not null || Text is not null || Since is not null || Until is not null;

    /// <summary>Gets whether any record was selected so far.</summary>
    public bool HasTaken { get; private set; }

    /// <summary>Begins again with the first record of the log.</summary>
    public void Restart() => _runs = new RunTracker();

    /// <summary>Returns whether a record is selected. Records must be passed in the order of the log: runs are distinguished by their starts.</summary>
    /// <param name="record">The record.</param>
    /// <param name="run">The run that it belongs to.</param>
    public bool Takes(in StoredRecord record, out RunName run)
    {
        run = _runs.RunOf(record);
        bool takes = Run is null || Run.Means(run);
        takes &= Category is null || IsInCategory(record.Category);
        takes &= Event is null || IsEvent(record.EventId, record.EventName);
        takes = takes && (Level is null || record.Level >= Level) && (Since is null || record.Time >= Since) && (Until is null || record.Time <= Until)
            && ((FirstStep ?? LastStep) is null || (RecordStep.Of(record) is { } step && step >= (FirstStep ?? step) && step <= (LastStep ?? step))) && (Text is null || Contains(record));
        HasTaken |= takes;
        return takes;
    }

    /// <summary>Returns which lines have to be read, as the index of the log tells; null for all.</summary>
    /// <param name="directory">The log directory.</param>
    public LinePlan? LinesIn(string directory) => IsSelective ? LinePlan.Read(directory, Selection) : null;

    /// <summary>Gets the ranges of lines that may hold selected records.</summary>
    public LineSelection Selection => new(IsOfKind, run => Run is null || Run.Means(run))
    {
        FirstStep = FirstStep,
        LastStep = LastStep,
        FirstTicks = Since?.Ticks ?? long.MinValue,
        LastTicks = Until?.Ticks ?? long.MaxValue,
    };

    /// <summary>Reports why no record was selected: the name that no record has, and a similar one.</summary>
    /// <param name="directory">The log directory.</param>
    public string WhyNothing(string directory)
    {
        if (Run is { IsFound: false })
        {
            return Run.Problem(directory)!;
        }

        return Category is not null && !_categoryMet ? Unknown("category", Category, _categories)
            : Event is not null && !_eventMet ? Unknown("event", Event, _events)
            : $"No record in '{directory}' matches {(Criteria.Count(criterion => criterion is not null) == 1 ? "the option" : "all of the options")}.";

        string Unknown(string what, string name, HashSet<string> known)
        {
            string? meant = Suggestion.For(name, known);
            return $"No record in '{directory}' is of the {what} '{name}'{(meant is null ? "." : $": did you mean '{meant}'?")}";
        }
    }

    private bool IsOfKind(LineKind kind) =>
        ((Category is null || IsInCategory(kind.Category)) & (Event is null || IsEvent(kind.EventId, kind.EventName))) && (Level is null || kind.Level >= Level);

    private bool IsInCategory(string category)
    {
        bool isIn = CategoryNames.Covers(Category!, category);
        _categoryMet |= isIn;
        Remember(_categories, category);
        return isIn;
    }

    private bool IsEvent(int number, string? name)
    {
        bool isEvent = int.TryParse(Event, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? number == id
            : string.Equals(name, Event, StringComparison.OrdinalIgnoreCase);
        _eventMet |= isEvent;
        Remember(_events, name);
        return isEvent;
    }

    private static void Remember(HashSet<string> names, string? name)
    {
        if (name is { Length: > 0 } && names.Count < MostRemembered)
        {
            names.Add(name);
        }
    }

    private bool Contains(in StoredRecord record) =>
        record.GetMessage().Contains(Text!, StringComparison.OrdinalIgnoreCase)
        || (record.TryGetOwn("exception"u8, out StoredField exception) && exception.GetText()?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true);
}
