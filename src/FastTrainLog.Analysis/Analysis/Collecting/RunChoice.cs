namespace FastTrainLog.Analysis.Collecting;

/// <summary>Selects the run of a log that is analysed: the requested one, otherwise the one that started last; of several ranks the lowest.</summary>
/// <remarks>Runs are added in the order in which they occur. Not thread-safe.</remarks>
/// <param name="wanted">The requested name, or null.</param>
internal sealed class RunChoice(string? wanted)
{
    private readonly RunSelection? _selection = wanted is null ? null : new(wanted);

    /// <summary>Gets the run, or null if there is none so far.</summary>
    public RunName? Chosen { get; private set; }

    /// <summary>Notes a run.</summary>
    /// <returns>Whether it is the selected one, as far as known at this point.</returns>
    public bool Add(RunName run)
    {
        _selection?.Add(run);
        bool isChosen = _selection is not null ? _selection.First == run
            : Chosen is not { } chosen || (run.Id is not null && !(chosen.Id == run.Id && chosen.Rank <= run.Rank));
        Chosen = isChosen ? run : Chosen;
        return isChosen;
    }

    /// <summary>Returns the run.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="unreadable">The unreadable parts of the log.</param>
    /// <exception cref="LogNotFoundException">There is none, or the request is ambiguous.</exception>
    public RunName Require(string directory, UnreadableFigures unreadable) =>
        Chosen is null && _selection?.HasRuns != true
            ? throw new LogNotFoundException(unreadable.Lines == 0
                ? $"There is no record in '{directory}': run.jsonl is missing or empty. A run that has just begun writes it within its flush interval."
                : $"There is no record in '{directory}', only {unreadable.Lines} lines that cannot be read, the first of {unreadable.Places[0].File} at byte {unreadable.Places[0].Offset}: {unreadable.Places[0].Reason}.")
            : _selection?.Problem(directory) is { } problem ? throw new LogNotFoundException(problem)
            : Chosen!.Value;
}
