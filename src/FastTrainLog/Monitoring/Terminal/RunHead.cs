using System.Globalization;
using FastTrainLog.Monitoring.Snapshots;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The data from the start record of a run.</summary>
internal sealed record RunHead
{
    public string Model { get; private init; } = string.Empty;

    public string? Name { get; private init; }

    public long? Epochs { get; private init; }

    public long? TotalSteps { get; private init; }

    /// <summary>Gets the metric by which validations are compared; null for the loss.</summary>
    public string? BestMetric { get; private init; }

    public DateTime Started { get; private init; }

    private string RunId { get; init; } = string.Empty;

    private long? BatchSize { get; init; }

    private double? LearningRate { get; init; }

    private string? Optimizer { get; init; }

    private long? FromStep { get; init; }

    private long? Rank { get; init; }

    private long? WorldSize { get; init; }

    public static RunHead Of(in LogRecord start) => new()
    {
        Model = RecordReader.Text(start, "Model") ?? string.Empty,
        Name = RecordReader.Text(start, "RunName"),
        RunId = RecordReader.Text(start, "RunId") ?? string.Empty,
        Epochs = RecordReader.Integer(start, "Epochs"),
        TotalSteps = RecordReader.Integer(start, "TotalSteps"),
        BatchSize = RecordReader.Integer(start, "BatchSize"),
        LearningRate = RecordReader.Number(start, "LearningRate"),
        Optimizer = RecordReader.Text(start, "Optimizer"),
        BestMetric = RecordReader.Text(start, "BestMetric"),
        FromStep = RecordReader.Integer(start, "FromStep"),
        Rank = RecordReader.Integer(start, "Rank"),
        WorldSize = RecordReader.Integer(start, "WorldSize"),
        Started = start.Timestamp,
    };

    /// <summary>Gets the name of the run among others.</summary>
    public string Label => Name ?? RunId;

    /// <summary>Returns the header lines of the run: what is trained, and where it is logged.</summary>
    /// <param name="logDirectory">The directory of the log; null if there are no files.</param>
    /// <param name="columns">The maximum number of columns of a line.</param>
    public List<StyledLine> ToLines(string? logDirectory, int columns)
    {
        var lines = new List<StyledLine>();
        AddParts(
            lines,
            columns,
            [
                (SafeLine.Of(Model), Tone.Plain),
                .. Part(Epochs is { } epochs ? Count(epochs, "epoch") : null),
                .. Part(TotalSteps is { } steps ? Count(steps, "step") : null),
                .. Part(BatchSize is { } batch ? $"batch {Figure.Of(batch)}" : null),
                .. Part(LearningRate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"lr {rate:G4}") : null),
                .. Part(Optimizer is { } optimizer ? SafeLine.Of(optimizer) : null),
            ]);
        AddParts(
            lines,
            columns,
            [
                .. Part(Name is { } name ? SafeLine.Of(name) : null),
                ($"run {SafeLine.Of(RunId)}", Tone.Quiet),
                .. Part(FromStep is { } from ? $"resumed at step {Figure.Of(from)}" : null, Tone.Plain),
                .. Part(WorldSize is > 1 and long ranks ? $"rank {Figure.Of(Rank ?? 0)} of {Figure.Of(ranks)}" : null),
                .. Part(logDirectory is null ? null : $"log in {SafeLine.Of(logDirectory)}"),
            ]);
        return lines;
    }

    private static (string Text, Tone Tone)[] Part(string? text, Tone tone = Tone.Quiet) => text is null ? [] : [(text, tone)];

    private static string Count(long count, string unit) => $"{Figure.Of(count)} {unit}{(count == 1 ? string.Empty : "s")}";

    private static void AddParts(List<StyledLine> lines, int columns, (string Text, Tone Tone)[] parts)
    {
        const string Separator = ", ";
        var line = new StyledLine();
        foreach ((string text, Tone tone) in parts)
        {
            if (line.Width > 0 && (long)line.Width + Separator.Length + CellWidth.Of(text) > columns)
            {
                lines.Add(line);
                line = new StyledLine();
            }

            line.Add(line.Width > 0 ? Separator : string.Empty, Tone.Quiet).Add(text, tone);
        }

        lines.Add(line);
    }
}
