using FastTrainLog.Analysis.Reports;
using Spectre.Console;

namespace FastTrainLog.Tool.Rendering;

/// <summary>A table of which a terminal shows as many columns as fit completely: always the first, and the last ones are dropped first.</summary>
/// <param name="heads">The heads; one that begins with <c>#</c> is for figures, which are right-aligned and never wrapped, one with <c>~</c> for a picture, which is dropped before any other.</param>
internal sealed class FigureTable(params string[] heads)
{
    // A narrower first column is useless, and a wider one leaves no space for the others.
    private const int NarrowestText = 16;

    private readonly List<string[]> _rows = [];

    public int Rows => _rows.Count;

    /// <summary>Adds a row; control characters in a log's text are escaped.</summary>
    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(ShownText.Of)]);

    /// <summary>Shows the table.</summary>
    /// <returns>The heads of the columns that did not fit.</returns>
    public IReadOnlyList<string> Write(IAnsiConsole console)
    {
        List<int> columns = [.. Enumerable.Range(0, heads.Length)];
        int[] widths = [.. columns.Select(WidthOf)];
        while (columns.Count > 1 && columns.Sum(column => widths[column] + 1) + 2 > console.Profile.Width)
        {
            int goes = columns.FindIndex(column => heads[column][0] == '~');
            columns.RemoveAt(goes > 0 ? goes : columns.Count - 1);
        }

        var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        foreach (int column in columns)
        {
            var shown = new TableColumn($"[grey]{Markup.Escape(HeadOf(column))}[/]").Padding(0, 1);
            table.AddColumn(heads[column][0] switch
            {
                '#' => shown.RightAligned().NoWrap(),
                '~' => shown.NoWrap(),
                _ => shown,
            });
        }

        foreach (string[] row in _rows)
        {
            table.AddRow([.. columns.Select(column => heads[column][0] == '~' ? $"[blue]{Markup.Escape(row[column])}[/]" : Markup.Escape(row[column]))]);
        }

        console.Write(table);
        return [.. Enumerable.Range(0, heads.Length).Except(columns).Select(HeadOf)];
    }

    private string HeadOf(int column) => heads[column].TrimStart('#', '~');

    // Text may be wrapped, figures and pictures may not.
    private int WidthOf(int column)
    {
        int width = _rows.Select(row => row[column].GetCellWidth()).Append(HeadOf(column).Length).Max();
        return heads[column][0] is '#' or '~' ? width : Math.Min(width, NarrowestText);
    }
}
