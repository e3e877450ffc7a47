using System.Data.Common;
using FastTrainLog.Analysis.Reports;
using Spectre.Console;

namespace FastTrainLog.Query;

/// <summary>Writes rows as aligned columns; the widths are determined from the first thousand.</summary>
internal sealed class TableResult(TextWriter output) : ResultWriter
{
    private const int Measured = 1000;

    public override void Write(DbDataReader reader, CancellationToken cancellation)
    {
        bool[] isNumber = [.. Enumerable.Range(0, reader.FieldCount).Select(i => IsNumber(reader.GetFieldType(i)))];
        List<string[]> rows = [[.. NamesOf(reader).Select(ShownText.Of)]];
        int[]? widths = null;
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => ShownText.Of(Text(reader.GetValue(i)) ?? "NULL"))]);
            if (rows.Count > Measured)
            {
                widths = Flush(rows, isNumber, widths);
            }
        }

        Flush(rows, isNumber, widths);
    }

    private int[] Flush(List<string[]> rows, bool[] isNumber, int[]? widths)
    {
        widths ??= [.. isNumber.Select((_, column) => rows.Max(row => row[column].GetCellWidth()))];
        foreach (string[] row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, i) => Pad(cell, widths[i], isNumber[i]))).TrimEnd());
        }

        rows.Clear();
        return widths;
    }

    private static string Pad(string cell, int width, bool isNumber)
    {
        string blank = new(' ', Math.Max(0, width - cell.GetCellWidth()));
        return isNumber ? blank + cell : cell + blank;
    }
}
