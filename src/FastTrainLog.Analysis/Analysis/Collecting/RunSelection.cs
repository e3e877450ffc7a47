namespace FastTrainLog.Analysis.Collecting;

/// <summary>The runs of a log that a name selects: the one with this name, otherwise those whose identifier has it as a prefix.</summary>
/// <param name="wanted">The name, as entered.</param>
/// <remarks>Runs are added as they occur, because a log may be read only once or still be written: the selection may become narrower while they are added. Not thread-safe.</remarks>
internal sealed class RunSelection(string wanted)
{
    private const int MostNamed = 10;

    private readonly HashSet<RunName> _all = [];
    private readonly List<RunName> _meant = [];
    private Match _best = Match.Prefix;

    // Ordered by precedence; no match is last.
    private enum Match
    {
        Name,
        Whole,
        Identifier,
        WithoutCase,
        Prefix,
        None,
    }

    /// <summary>Gets whether there is any run to choose from.</summary>
    public bool HasRuns => _all.Count > 0;

    /// <summary>Gets whether any run is selected.</summary>
    public bool IsFound => _meant.Count > 0;

    /// <summary>Gets the selected run; of a run with several ranks the lowest.</summary>
    public RunName? First => _meant.Count == 0 ? null : _meant.Where(run => run.Id == _meant[0].Id).MinBy(run => run.Rank);

    /// <summary>Returns the reason why no run, or not exactly one, is selected; null if one is.</summary>
    /// <param name="directory">The log directory.</param>
    public string? Problem(string directory)
    {
        string[] names = [.. _all.Where(run => run.Id is not null).Select(run => run.ToString())];
        if (_meant.Count == 0)
        {
            string? likely = Suggestion.For(wanted, names) ?? Suggestion.For(wanted, _all.Select(run => run.Id ?? string.Empty));
            return names.Length == 0 ? $"There is no run '{wanted}' in '{directory}', nor any other."
                : $"There is no run '{wanted}' in '{directory}'{(likely is null ? string.Empty : $": did you mean '{likely}'?")} There {(names.Length == 1 ? "is" : "are")} {List(names)}.";
        }

        string[] meant = [.. _meant.Select(run => run.ToString())];
        return _meant.TrueForAll(run => run.Id == _meant[0].Id) ? null : $"Several runs in '{directory}' begin with '{wanted}': {List(meant)}. Give the full name of one.";
    }

    /// <summary>Notes a run of the log.</summary>
    public void Add(RunName run)
    {
        if (!_all.Add(run) || MatchOf(run) is var match && match > _best || match == Match.None)
        {
            return;
        }

        if (match < _best)
        {
            _meant.Clear();
        }

        _best = match;
        _meant.Add(run);
    }

    /// <summary>Returns whether a run is selected, as far as known at this point.</summary>
    public bool Means(RunName run)
    {
        Add(run);
        return _meant.Contains(run);
    }

    private static string List(string[] names) => (names.Length > MostNamed ? "…, " : string.Empty) + string.Join(", ", names.TakeLast(MostNamed));

    private Match MatchOf(RunName run)
    {
        string name = run.ToString();
        return name == wanted ? Match.Name
            : run.Whole.ToString() == wanted ? Match.Whole
            : run.Id == wanted ? Match.Identifier
            : name.Equals(wanted, StringComparison.OrdinalIgnoreCase) || string.Equals(run.Id, wanted, StringComparison.OrdinalIgnoreCase) ? Match.WithoutCase
            : run.Id is not null && name.StartsWith(wanted, StringComparison.OrdinalIgnoreCase) ? Match.Prefix
            : Match.None;
    }
}
