using System.Globalization;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The progress of a run in one line: as many parts as fit the width, the least important omitted first.</summary>
internal static class ProgressLine
{
    private const int NarrowestBar = 6;
    private const int WidestBar = 40;
    private const string Gap = "  ";

    // The rank of a part: the number of more important ones.
    private const int LastToGo = 0;

    /// <summary>Composes the line.</summary>
    /// <param name="progress">The figures.</param>
    /// <param name="columns">The maximum number of columns.</param>
    /// <param name="unicode">Whether the bar may use characters beyond ASCII.</param>
    public static StyledLine Compose(RunProgress progress, int columns, bool unicode)
    {
        Part[] parts = PartsOf(progress);
        bool hasBar = progress.Percent is not null;
        for (int most = parts.Max(part => part.Rank); most >= LastToGo; most--)
        {
            Part[] kept = [.. parts.Where(part => part.Rank <= most)];
            bool keepsBar = hasBar && most >= BarRank;
            foreach (bool isShort in new[] { false, true })
            {
                int gap = isShort ? 1 : Gap.Length;
                int taken = kept.Sum(part => CellWidth.Of(part.Text(isShort))) + (gap * (kept.Length - 1));
                int bar = Math.Min(WidestBar, columns - taken - gap);
                if (taken <= columns && (!keepsBar || bar >= NarrowestBar))
                {
                    return Join(kept, isShort, keepsBar ? bar : 0, progress.Percent ?? 0.0, unicode);
                }
            }
        }

        return Join([.. parts.Where(part => part.Rank == LastToGo)], isShort: true, bar: 0, 0.0, unicode);
    }

    /// <summary>Returns the same figures as text for output other than a terminal.</summary>
    public static string ToText(RunProgress progress) =>
        string.Join(Gap, PartsOf(progress).OrderBy(part => part.Position == Position.Percent ? Position.Step : part.Position).Select(part => part.Text(isShort: false)));

    private const int BarRank = 2;

    private static Part[] PartsOf(RunProgress progress)
    {
        string step = Figure.Of(progress.Step);
        string steps = progress.TotalSteps is { } total ? $"{step}/{Figure.Of(total)}" : step;
        List<Part> parts =
        [
            new(Position.Step, $"step {steps}", progress.TotalSteps is null ? $"step {step}" : steps, 4),
            new(Position.Loss, $"loss {Figure.Of(progress.Loss)}", $"loss {Figure.Of(progress.Loss)}", 1, double.IsFinite(progress.Loss) ? Tone.Plain : Tone.Bad),
            progress.Eta is { } eta
                ? new(Position.Eta, $"ETA {Figure.OfClock(eta)}", $"ETA {Figure.OfClock(eta)}", 3)
                : new(Position.Eta, Figure.OfClock(progress.Elapsed), Figure.OfClock(progress.Elapsed), 3, Tone.Quiet),
        ];
        if (progress.Percent is { } percent)
        {
            // 100 % only if no step is left.
            string share = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(percent):F0}%");
            parts.Add(new(Position.Percent, share, share, LastToGo));
        }

        if (progress.Validation is { } validation)
        {
            string name = progress.ValidationName is { } metric ? CellWidth.Fit(metric, 16) : "val";
            string text = $"{name} {Figure.Of(validation)}";
            string best = progress.IsBest ? " best" : progress.Best is { } known ? $" (best {Figure.Of(known)})" : string.Empty;
            parts.Add(new(Position.Validation, text + best, text, 5));
        }

        if (double.IsFinite(progress.SecondsPerStep) && progress.SecondsPerStep > 0.0)
        {
            parts.Add(new(Position.Rate, Figure.OfSteps(progress.SecondsPerStep, isShort: false), Figure.OfSteps(progress.SecondsPerStep, isShort: true), 6));
        }

        string epoch = progress.Epochs is { } epochs ? $"{Figure.Of(progress.Epoch)}/{Figure.Of(epochs)}" : Figure.Of(progress.Epoch);
        parts.Add(new(Position.Epoch, $"epoch {epoch}", $"ep {epoch}", 7, Tone.Quiet));
        if (progress.Label is { } label)
        {
            parts.Add(new(Position.Label, CellWidth.Fit(label, 24), CellWidth.Fit(label, 12), LastToGo, Tone.Quiet));
        }

        return [.. parts.OrderBy(part => part.Position)];
    }

    private static StyledLine Join(Part[] parts, bool isShort, int bar, double percent, bool unicode)
    {
        string gap = isShort ? " " : Gap;
        var line = new StyledLine();
        foreach (Part part in parts)
        {
            if (bar > 0 && part.Position >= Position.Percent)
            {
                AddBar(line.Add(line.Width > 0 ? gap : string.Empty), bar, percent, unicode);
                bar = 0;
            }

            line.Add(line.Width > 0 ? gap : string.Empty).Add(part.Text(isShort), part.Tone);
        }

        return line;
    }

    private static void AddBar(StyledLine line, int cells, double percent, bool unicode)
    {
        double filled = cells * Math.Clamp(percent / 100.0, 0.0, 1.0);
        int whole = (int)filled;
        bool hasHalf = unicode && whole < cells && filled - whole >= 0.5;
        line.Add(new string(unicode ? '━' : '#', whole) + (hasHalf ? "╸" : string.Empty), Tone.Progress);
        line.Add(new string(unicode ? '─' : '.', cells - whole - (hasHalf ? 1 : 0)), Tone.Quiet);
    }

    /// <summary>The order of the parts on the line; the bar is before the percentage.</summary>
    private enum Position
    {
        Label,
        Epoch,
        Percent,
        Step,
        Rate,
        Loss,
        Validation,
        Eta,
    }

    private readonly record struct Part(Position Position, string Long, string Short, int Rank, Tone Tone = Tone.Plain)
    {
        public string Text(bool isShort) => isShort ? Short : Long;
    }
}
