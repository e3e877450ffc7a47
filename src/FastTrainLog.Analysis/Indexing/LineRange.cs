using FastTrainLog.Reading;

namespace FastTrainLog.Indexing;

/// <summary>Some hundred kilobytes of the lines of a file, and what records they hold; they end where the next range begins.</summary>
/// <param name="Begin">Where they begin.</param>
/// <param name="FirstStep">The lowest step of their records; above <paramref name="LastStep"/> if none has one.</param>
/// <param name="LastStep">The highest step.</param>
/// <param name="FirstTicks">The earliest time, in ticks of UTC.</param>
/// <param name="LastTicks">The latest time.</param>
/// <param name="Kinds">The numbers of their kinds in <see cref="LineNames"/>.</param>
/// <param name="Runs">The numbers of their runs.</param>
/// <param name="IsOpaque">Whether they have to be read in any case: some cannot be read, or have more kinds than are kept.</param>
internal sealed record LineRange(LinePosition Begin, long FirstStep, long LastStep, long FirstTicks, long LastTicks, int[] Kinds, int[] Runs, bool IsOpaque)
{
    private const int Columns = 9;

    /// <summary>The number of ranges in a block of an index.</summary>
    public const int OfBlock = 512;

    public static byte[] Encode(ColumnWriter writer, IReadOnlyList<LineRange> ranges)
    {
        long[] values = new long[ranges.Count];
        writer.Write([ranges.Count]);
        for (int column = 0; column < Columns; column++)
        {
            for (int i = 0; i < values.Length; i++)
            {
                LineRange range = ranges[i];
                values[i] = column switch
                {
                    0 => range.Begin.Offset,
                    1 => range.Begin.Lines,
                    2 => range.FirstStep,
                    3 => range.LastStep,
                    4 => range.FirstTicks,
                    5 => range.LastTicks,
                    6 => range.IsOpaque ? 1 : 0,
                    7 => range.Kinds.Length,
                    _ => range.Runs.Length,
                };
            }

            writer.Write(values);
        }

        writer.Write([.. ranges.SelectMany(static range => range.Kinds).Select(static kind => (long)kind)]);
        writer.Write([.. ranges.SelectMany(static range => range.Runs).Select(static run => (long)run)]);
        return writer.Take();
    }

    public static LineRange[] Decode(ReadOnlySpan<byte> block)
    {
        var reader = new ColumnReader(block);
        long[] count = new long[1];
        reader.Read(count);
        if (count[0] is < 0 or > OfBlock)
        {
            throw new InvalidDataException($"A block of the index says that it has {count[0]} ranges of lines.");
        }

        long[][] columns = new long[Columns][];
        for (int column = 0; column < Columns; column++)
        {
            reader.Read(columns[column] = new long[count[0]]);
        }

        long[] kinds = new long[Total(columns[7], LineNames.MostKinds)];
        long[] runs = new long[Total(columns[8], LineNames.MostRuns)];
        reader.Read(kinds);
        reader.Read(runs);
        var ranges = new LineRange[count[0]];
        int kind = 0;
        int run = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = new LineRange(
                new LinePosition(columns[0][i], columns[1][i]), columns[2][i], columns[3][i], columns[4][i], columns[5][i],
                Take(kinds, ref kind, columns[7][i]), Take(runs, ref run, columns[8][i]), columns[6][i] != 0);
        }

        return ranges;
    }

    private static long Total(long[] counts, int most) =>
        Array.TrueForAll(counts, count => count >= 0 && count <= most) ? counts.Sum() : throw new InvalidDataException("A range of lines in the index has an impossible number of kinds.");

    private static int[] Take(long[] all, ref int at, long count)
    {
        int from = at;
        at += (int)count;
        return Array.ConvertAll(all[from..at], static number => (int)number);
    }
}
