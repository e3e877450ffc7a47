using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;

namespace FastTrainLog.Ranks;

/// <summary>Reads the ranks of one run, each from the index of its log, and compares them.</summary>
internal sealed class RankReader : IDisposable
{
    private const int MostMissing = 1024;
    private const string Loss = "loss";
    private const string Norm = "gradient_norm";

    private readonly Dictionary<string, LogIndex> _indexes = [];
    private readonly IReadOnlyList<FoundProcess> _ranks;

    /// <param name="ranks">The ranks, the lowest first.</param>
    /// <param name="inMemory">Whether to read the whole logs into memory indexes, because their stored indexes failed.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public RankReader(IReadOnlyList<FoundProcess> ranks, bool inMemory, CancellationToken cancellation)
    {
        _ranks = ranks;
        foreach (string directory in ranks.Select(rank => rank.Directory).Distinct())
        {
            LogIndex index = inMemory ? LogIndex.OpenInMemory(directory) : LogIndex.OpenAnywhere(directory);
            _indexes.Add(directory, index);
            index.Update(cancellation: cancellation);
        }
    }

    /// <summary>Analyses the run.</summary>
    /// <param name="path">The requested path.</param>
    /// <param name="runs">All runs found.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public LogAnalysis Analyze(string path, IReadOnlyList<RunFigures> runs, CancellationToken cancellation)
    {
        List<LogAnalysis> ranks = AnalyzeEach(cancellation);
        RunFigures run = MergedFigures.Of([.. ranks.Select(rank => rank.Run)]);
        RankFigures figures = Compare(ranks, run);
        return ranks[0] with
        {
            Directory = path,
            Run = run,
            Runs = runs,
            Progress = MergedFigures.Of([.. ranks.Select(rank => rank.Progress)], FiguresOf),
            Errors = MergedFigures.Of([.. ranks.Select(rank => rank.Errors)], run.Steps, run.DurationSeconds),
            Stability = MergedFigures.Of([.. ranks.Select(rank => rank.Stability)], figures.FirstNonFinite, FiguresOf),
            Unreadable = UnreadableFigures.Sum(_indexes.Values.Select(index => index.Unreadable())),
            Ranks = figures,
            Histograms = _indexes[_ranks[0].Directory].HistogramsOf(NameOf(_ranks[0].Figures)),
        };
    }

    /// <summary>Compares the ranks.</summary>
    public RankFigures Compare(CancellationToken cancellation)
    {
        List<LogAnalysis> ranks = AnalyzeEach(cancellation);
        return Compare(ranks, MergedFigures.Of([.. ranks.Select(rank => rank.Run)]));
    }

    /// <summary>Returns the names of the series that any of the ranks has.</summary>
    public IReadOnlyList<string> SeriesNames() => [.. _ranks.SelectMany(rank => _indexes[rank.Directory].Series(NameOf(rank.Figures))).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Returns a series of all ranks as one.</summary>
    public MergedSeries Merged(string series) => new(_ranks.Select(rank => _indexes[rank.Directory].SeriesOf(NameOf(rank.Figures), series)));

    public void Dispose()
    {
        foreach (LogIndex index in _indexes.Values)
        {
            index.Dispose();
        }
    }

    private List<LogAnalysis> AnalyzeEach(CancellationToken cancellation) =>
    [
        .. _ranks.GroupBy(rank => rank.Directory)
            .SelectMany(directory => _indexes[directory.Key].AnalyzeRanks([.. directory.Select(rank => NameOf(rank.Figures))], cancellation))
            .OrderBy(analysis => analysis.Run.Rank),
    ];

    private static RunName NameOf(RunFigures run) => new(run.Id, run.Rank);

    private RankFigures Compare(List<LogAnalysis> ranks, RunFigures run)
    {
        (List<RankStepWindow> windows, List<Straggler> stragglers) = StepTimeComparison.Read(SeriesOf("train/step_seconds"));
        var losses = new ValueComparison(SeriesOf("train/loss"));
        var norms = new ValueComparison(SeriesOf("gradients/gradient_norm"));
        Dictionary<long, double> medians = ranks.Where(rank => rank.Performance.StepSeconds is not null).ToDictionary(rank => rank.Run.Rank!.Value, rank => rank.Performance.StepSeconds!.P50);
        double[] scores = RobustScores.Of([.. medians.Values], out double median);
        Dictionary<long, double> scoreOf = medians.Count < RobustScores.Fewest ? [] : medians.Keys.Zip(scores).ToDictionary(pair => pair.First, pair => pair.Second);
        HashSet<long> found = [.. ranks.Select(rank => rank.Run.Rank!.Value)];
        return new RankFigures(
            run.WorldSize,
            [.. ranks.Select(rank => Summarize(rank, scoreOf, run.LastProgress))],
            [.. Enumerable.Range(0, run.WorldSize).Select(rank => (long)rank).Where(rank => !found.Contains(rank)).Take(MostMissing)],
            medians.Count == 0 ? null : new RankStepTimes(medians.MaxBy(pair => pair.Value).Key, medians.Values.Min(), median, medians.Values.Max(), windows),
            stragglers,
            [.. losses.Disagreements(Loss), .. norms.Disagreements(Norm)],
            [.. losses.AreOwn ? [Loss] : Array.Empty<string>(), .. norms.AreOwn ? [Norm] : Array.Empty<string>()],
            ranks.Select(rank => rank.Stability.FirstNonFinite is { } first ? first with { Rank = rank.Run.Rank } : null).Aggregate(NonFiniteTracker.Earlier));
    }

    private RankSummary Summarize(LogAnalysis rank, Dictionary<long, double> scores, DateTime lastProgress)
    {
        RunFigures run = rank.Run;
        long number = run.Rank!.Value;
        return new RankSummary(
            number,
            rank.Directory,
            run.Outcome,
            run.Reason,
            run.LastStep,
            run.LastProgress,
            run.Outcome is "running" or "stalled" && lastProgress - run.LastProgress > run.SilenceLimit,
            rank.Performance.StepSeconds?.P50,
            rank.Performance.StepSeconds?.P99,
            scores.TryGetValue(number, out double score) ? score : null,
            run.LastLoss,
            Math.Max(rank.Stability.NonFiniteSteps, rank.Progress.Loss?.NonFinite ?? 0),
            rank.Errors.Warnings,
            rank.Errors.Errors + rank.Errors.Criticals);
    }

    private ValueFigures? FiguresOf(string series) => Merged(series).ToFigures();

    private RankSeries SeriesOf(string series) => new(_ranks.Select(rank => (rank.Figures.Rank!.Value, _indexes[rank.Directory].SeriesOf(NameOf(rank.Figures), series))));
}
