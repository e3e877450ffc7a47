namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The columns of the table of epochs, as many as fit the width, and its rows.</summary>
internal sealed record EpochTable
{
    private const int FigureWidth = 10;
    private const int TimeWidth = 8;
    private const string BestMark = " best";

    private const string Metric = "metric";

    private int First { get; init; }

    private string? MetricName { get; init; }

    private bool HasLossOfValidation { get; init; }

    private bool HasMetric { get; init; }

    private bool HasNorm { get; init; }

    private bool HasLabel { get; init; }

    /// <summary>Returns a table that is suitable for a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="head">Its run.</param>
    /// <param name="columns">The maximum number of terminal columns.</param>
    /// <param name="isOneOfSeveral">Whether the table has rows of several runs.</param>
    /// <param name="before">The previous table; its columns are kept if they fit, so that a row without a figure does not change them.</param>
    public static EpochTable For(EpochRow row, RunHead head, int columns, bool isOneOfSeveral, EpochTable? before)
    {
        string widest = row.HasEnded ? LabelOf(row with { Epoch = Math.Max(row.Epoch, head.Epochs ?? 0) }, head) : LabelOf(row with { Step = Math.Max(row.Step ?? 0, head.TotalSteps ?? 0) }, head);
        bool validates = row.Validation is not null || before is { HasLossOfValidation: true } || before is { HasMetric: true };
        var table = new EpochTable
        {
            First = Math.Max(Math.Max("epoch".Length, CellWidth.Of(widest)), before?.First ?? 0),
            MetricName = head.BestMetric,
            HasLossOfValidation = validates,
            HasMetric = validates && head.BestMetric is not null,
            HasNorm = row.GradientNorm is not null || before is { HasNorm: true },
            HasLabel = isOneOfSeveral,
        };

        // The metric by which validations are compared has precedence over the validation loss.
        foreach (EpochTable narrower in new[] { table with { HasNorm = false }, table with { HasNorm = false, HasLossOfValidation = table.HasLossOfValidation && !table.HasMetric } })
        {
            if (table.Width > columns)
            {
                table = narrower;
            }
        }

        return table;
    }

    /// <summary>Returns the names of the columns.</summary>
    public StyledLine ToHeader()
    {
        var line = new StyledLine();
        int end = First;
        line.AddRight("epoch", end, Tone.Quiet).AddRight("loss", end += FigureWidth, Tone.Quiet);
        if (HasLossOfValidation)
        {
            line.AddRight("validation", end += FigureWidth + 1, Tone.Quiet);
            end += HasMetric ? 0 : BestMark.Length;
        }

        if (HasMetric)
        {
            line.AddRight(CellWidth.Fit(SafeLine.Of(MetricName ?? Metric), FigureWidth), end += FigureWidth + 1, Tone.Quiet);
            end += BestMark.Length;
        }

        if (HasNorm)
        {
            line.AddRight("grad norm", end += FigureWidth + 1, Tone.Quiet);
        }

        return line.AddRight("time", end + TimeWidth, Tone.Quiet);
    }

    /// <summary>Returns a row.</summary>
    public StyledLine ToLine(EpochRow row, RunHead head)
    {
        var line = new StyledLine();
        int end = First;
        line.AddRight(LabelOf(row, head), end);
        AddFigure(line, row.Loss, end += FigureWidth, Tone.Plain);
        Tone tone = row.IsBest ? Tone.Good : Tone.Plain;
        if (HasLossOfValidation)
        {
            AddFigure(line, row.Validation, end += FigureWidth + 1, HasMetric ? Tone.Plain : tone);
            end += HasMetric ? 0 : AddMark(line, row);
        }

        if (HasMetric)
        {
            AddFigure(line, row.Metric, end += FigureWidth + 1, tone);
            end += AddMark(line, row);
        }

        if (HasNorm)
        {
            AddFigure(line, row.GradientNorm, end += FigureWidth + 1, Tone.Plain);
        }

        line.AddRight(row.Time is { } time ? Figure.OfDuration(time) : string.Empty, end + TimeWidth, Tone.Quiet);
        return HasLabel ? line.Add("  " + SafeLine.Of(head.Label), Tone.Quiet) : line;
    }

    /// <summary>Returns a row as text for output other than a terminal.</summary>
    public static string ToText(EpochRow row, RunHead head)
    {
        string label = row.HasEnded ? $"epoch {LabelOf(row, head)}" : LabelOf(row, head);
        string text = label + Named("loss", row.Loss) + Named("validation", row.Validation) + (head.BestMetric is { } metric ? Named(SafeLine.Of(metric), row.Metric) : string.Empty);
        return text + (row.IsBest ? BestMark : string.Empty) + Named("grad norm", row.GradientNorm) + (row.Time is { } time ? $"  time {Figure.OfDuration(time)}" : string.Empty);
    }

    private int Width => First + FigureWidth + TimeWidth
        + (HasLossOfValidation ? FigureWidth + 1 : 0) + (HasMetric ? FigureWidth + 1 : 0) + (HasLossOfValidation || HasMetric ? BestMark.Length : 0) + (HasNorm ? FigureWidth + 1 : 0);

    private static string LabelOf(EpochRow row, RunHead head) => !row.HasEnded ? $"step {Figure.Of(row.Step ?? 0)}"
        : head.Epochs is { } epochs ? $"{Figure.Of(row.Epoch)}/{Figure.Of(epochs)}"
        : Figure.Of(row.Epoch);

    private static string Named(string name, double? value) => value is { } known ? $"  {name} {Figure.Of(known)}" : string.Empty;

    private static void AddFigure(StyledLine line, double? value, int end, Tone tone) =>
        line.AddRight(value is { } known ? Figure.Of(known) : string.Empty, end, value is { } figure && !double.IsFinite(figure) ? Tone.Bad : tone);

    private static int AddMark(StyledLine line, EpochRow row)
    {
        line.Add(row.IsBest ? BestMark : string.Empty, Tone.Good);
        return BestMark.Length;
    }
}
