using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Indexing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Dashboard.Alerts;

/// <summary>Holds every run against the rules whenever the logs change, and delivers alerts. It keeps the logs being read while nobody looks.</summary>
/// <remarks>What was so before the first look is no news: an alert is about what happens from then on.</remarks>
internal sealed partial class AlertWatch(LogCatalog catalog, AlertBook book, ILogger<AlertWatch> logger) : BackgroundService
{
    // Absences come about without any change of a log.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly AlertDelivery _delivery = new();
    private readonly Dictionary<(string Key, AlertRule Rule), DateTime> _quietUntil = [];
    private readonly Dictionary<string, Known> _known = [];
    private bool _hasLooked;

    public override void Dispose()
    {
        _delivery.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Watch(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A host that does not get its address stops its services before they count as started, and would call this a failure.
        }
    }

    private async Task Watch(CancellationToken stoppingToken)
    {
        if (book.Fault is not null)
        {
            WithoutRules(logger, ShownText.Of(book.Fault));
        }

        bool isOpen = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            bool isNeeded = book.All.Any();
            if (isNeeded != isOpen)
            {
                isOpen = isNeeded;
                if (isOpen)
                {
                    catalog.Interest.TryOpen(int.MaxValue);
                }
                else
                {
                    catalog.Interest.Close();
                    _known.Clear();
                    _hasLooked = false;
                }
            }

            CatalogState state = catalog.State;
            if (isOpen && state.LogsRead == state.Logs && state.Version > 0)
            {
                foreach (DashboardRun run in state.Runs)
                {
                    await Check(run, stoppingToken);
                }

                _hasLooked |= state.Runs.All(run => _known.ContainsKey(run.Key));
            }

            await Task.WhenAny(isOpen ? catalog.ChangeFrom(state.Version) : Task.Delay(LongestWait, stoppingToken), Task.Delay(LongestWait, stoppingToken));
        }
    }

    private async Task Check(DashboardRun run, CancellationToken cancellation)
    {
        if (run.Totals is not { } totals)
        {
            return;
        }

        var now = new Known(run.Figures.Outcome, totals.NonFinite, totals.Anomalies);
        Known? before = _known.GetValueOrDefault(run.Key) ?? (_hasLooked ? null : now);
        _known[run.Key] = now;
        bool goesOn = run.Figures.Outcome is "running" or "stalled";

        foreach (AlertRule rule in book.All)
        {
            if (Describe(rule, run, before, now, goesOn) is { } what)
            {
                await Raise(rule, run, what, cancellation);
            }
        }
    }

    private static string? Describe(AlertRule rule, DashboardRun run, Known? before, Known now, bool goesOn)
    {
        switch (rule.When)
        {
            case AlertRules.Ended:
                return before?.Outcome != now.Outcome && !goesOn && rule.Outcomes?.Contains(now.Outcome) != false
                    ? $"it has ended: {now.Outcome}{(run.Figures.Reason is null ? string.Empty : $", {run.Figures.Reason}")}" : null;
            case AlertRules.Stalled:
                return now.Outcome == "stalled" && before?.Outcome != "stalled" ? "it logs no progress" : null;
            case AlertRules.NonFinite:
                return now.NonFinite > (before?.NonFinite ?? 0) ? $"a loss or gradients are not finite in {now.NonFinite} steps" : null;
            case AlertRules.Threshold when goesOn:
                return LastOf(run, rule.Series!) is var (_, step, value) && (value > rule.Above || value < rule.Below)
                    ? FormattableString.Invariant($"{rule.Series} is {value:G6} at step {step}, {(value > rule.Above ? $"above {rule.Above}" : $"below {rule.Below}")}") : null;
            case AlertRules.Absence when goesOn:
                return LastOf(run, rule.Series!) is var last && DateTime.UtcNow - (last?.Time ?? run.Figures.Started) is var silence && silence.TotalMinutes > rule.Minutes
                    ? FormattableString.Invariant($"{rule.Series} has had no point for {silence.TotalMinutes:F0} minutes") : null;
            default:
                return rule.When is { } kind && now.Anomalies.GetValueOrDefault(kind) is var count && count > (before?.Anomalies.GetValueOrDefault(kind) ?? 0) ? AnomalyRules.InWords[kind] : null;
        }
    }

    // The last point of a series as the page shows it, so of several ranks their mean, with the time of the step; a series without points has none.
    private static (DateTime Time, long Step, double Value)? LastOf(DashboardRun run, string series) =>
        ShownSeries.Use(run, rank: null, series, shown => shown.LastTo(SeriesAnswer.FarthestStep)) is not { } last ? null : (TimeOf(run, last.LastStep), last.LastStep, last.Last);

    private static DateTime TimeOf(DashboardRun run, long step) => ShownSeries.Use(run, rank: null, IndexedSeries.Times, times =>
        times.LastTo(step) is { } before ? DateTime.UnixEpoch.AddSeconds(before.Maximum) : run.Figures.Started);

    private async Task Raise(AlertRule rule, DashboardRun run, string what, CancellationToken cancellation)
    {
        DateTime time = DateTime.UtcNow;
        if (_quietUntil.TryGetValue((run.Key, rule), out DateTime until) && time < until)
        {
            return;
        }

        _quietUntil[(run.Key, rule)] = time.AddMinutes(rule.QuietMinutes ?? AlertRule.DefaultQuietMinutes);
        string name = rule.Name ?? (rule.Series is null ? rule.When! : $"{rule.When} of {rule.Series}");
        var alert = new Alert(ShownText.Of($"{name}: {run.Figures.Title ?? run.Figures.Name}: {what}"), name, run.Figures.Name, run.Figures.Title, run.Directory, run.Figures.Outcome, run.Figures.LastStep, time);
        Raised(logger, alert.Text);
        book.Raise(run.Key, alert);
        catalog.Announce();
        if (rule.Webhook is not null && await _delivery.Post(rule.Webhook, alert, cancellation) is { } refused)
        {
            // The address often contains a secret, so it is not told.
            Undelivered(logger, name, "webhook", refused);
        }

        if (rule.Command is not null && await AlertDelivery.Run(rule.Command, alert, cancellation) is { } failed)
        {
            Undelivered(logger, name, "command", failed);
        }
    }

    [LoggerMessage(9040, LogLevel.Warning, "Alert: {Text}")]
    private static partial void Raised(ILogger logger, string text);

    [LoggerMessage(9041, LogLevel.Error, "An alert of the rule '{Rule}' could not be delivered by its {Way}: {Fault}")]
    private static partial void Undelivered(ILogger logger, string rule, string way, string fault);

    [LoggerMessage(9120, LogLevel.Warning, "{Fault}")]
    private static partial void WithoutRules(ILogger logger, string fault);

    private sealed record Known(string Outcome, long NonFinite, IReadOnlyDictionary<string, long> Anomalies);
}
