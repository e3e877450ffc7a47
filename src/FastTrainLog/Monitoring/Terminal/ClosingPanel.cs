using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Training;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The outcome of a run, from its last record.</summary>
internal static class ClosingPanel
{
    private const int Indent = 14;

    /// <summary>Returns the lines of the panel.</summary>
    /// <param name="end">The record of the run's end.</param>
    /// <param name="run">The shown state of the run.</param>
    /// <param name="place">The location of the log; null if it is unknown.</param>
    /// <param name="columns">The columns that a line may take.</param>
    public static List<StyledLine> Compose(in LogRecord end, RunView run, LogPlace? place, int columns)
    {
        string outcome = RecordReader.Text(end, "Outcome") ?? string.Empty;
        string? reason = RecordReader.Text(end, "Reason");
        var first = new StyledLine();
        first.Add(SafeLine.Of(outcome), ToneOf(RunOutcomes.Parse(outcome)))
            .Add(reason is null ? string.Empty : $": {SafeLine.Of(reason)}");
        List<StyledLine> lines = [first, Labelled("run").Add(SafeLine.Of(run.Head.Label)).Add($" of {SafeLine.Of(run.Head.Model)}", Tone.Quiet)];
        if (RecordReader.Number(end, "Best") is { } best)
        {
            string metric = run.Head.BestMetric is { } name ? SafeLine.Of(name) : "validation loss";
            string where = run.BestEpoch is { } epoch ? $" at epoch {Figure.Of(epoch)}" : string.Empty;
            string step = run.BestStep is { } known ? $"{(where.Length > 0 ? "," : " at")} step {Figure.Of(known)}" : string.Empty;
            lines.Add(Labelled("best").Add(Figure.Of(best), Tone.Good).Add($" {metric}{where}{step}"));
        }

        if (RecordReader.Number(end, "FinalLoss") is { } loss)
        {
            lines.Add(Labelled("final loss").Add(Figure.Of(loss), double.IsFinite(loss) ? Tone.Plain : Tone.Bad));
        }

        foreach ((string name, double value) in RecordReader.Metrics(end))
        {
            lines.Add(Labelled(CellWidth.Fit(SafeLine.Of(name), 24)).Add(Figure.Of(value)));
        }

        string steps = RecordReader.Integer(end, "Steps") is { } taken ? $", {Figure.Of(taken)} step{(taken == 1 ? string.Empty : "s")}" : string.Empty;
        lines.Add(Labelled("duration").Add(Figure.OfDuration(RecordReader.Time(end, "Duration") ?? default) + steps));
        string[] rates =
        [
            .. run.Speed.StepsPerSecond is { } rate ? [Figure.OfSteps(1.0 / rate, isShort: false)] : Array.Empty<string>(),
            .. run.Speed.Throughput is { } samples ? [$"{Figure.OfRate(samples)} samples/s"] : Array.Empty<string>(),
        ];
        if (rates.Length > 0)
        {
            lines.Add(Labelled("throughput").Add(string.Join(", ", rates)));
        }

        lines.Add(Issues(end, place));
        StyledLine? command = null;
        if (place is not null)
        {
            lines.Add(Labelled("files").Add(SafeLine.Of(place.Directory)));
            if (place.NextCommand is { } next)
            {
                command = Labelled("next").Add(SafeLine.Of(next));
            }
        }

        // The command stays in one line, so that it can be copied.
        return [.. lines.SelectMany(line => line.Wrap(columns, Indent)), .. command is null ? Array.Empty<StyledLine>() : [command]];
    }

    private static StyledLine Issues(in LogRecord end, LogPlace? place)
    {
        long issues = RecordReader.Integer(end, "Issues") ?? 0;
        long errors = RecordReader.Integer(end, "Errors") ?? 0;
        StyledLine line = Labelled("issues");
        if (issues == 0 && errors == 0)
        {
            return line.Add("none");
        }

        line.Add(issues == 0 ? string.Empty : $"{Figure.Of(issues)} numerical issue{(issues == 1 ? string.Empty : "s")}", Tone.Warning);
        line.Add(issues > 0 && errors > 0 ? ", " : string.Empty);
        line.Add(errors == 0 ? string.Empty : $"{Figure.Of(errors)} error{(errors == 1 ? string.Empty : "s")}", Tone.Bad);
        return place?.Errors is { } file ? line.Add($" in {file}", Tone.Quiet) : line;
    }

    private static StyledLine Labelled(string label)
    {
        var line = new StyledLine();
        return line.AddRight(label + ": ", Indent, Tone.Quiet);
    }

    private static Tone ToneOf(RunOutcome? outcome) => outcome switch
    {
        RunOutcome.Completed => Tone.Good,
        RunOutcome.Cancelled or RunOutcome.Stopped => Tone.Warning,
        _ => Tone.Bad,
    };
}
