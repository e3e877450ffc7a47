namespace FastTrainLog.Reading;

/// <summary>Reads the lines of a file from the last to the first.</summary>
internal static class ReverseLines
{
    private const int BlockSize = 64 * 1024;
    private const long MostKept = 32 << 20;

    // An array and its position in a queue.
    private const int LineCost = 40;

    /// <summary>Returns where the last complete line ends, its line feed included.</summary>
    public static long EndOfLastLine(FileStream file)
    {
        byte[] block = new byte[BlockSize];
        long end = file.Length;
        while (end > 0)
        {
            long start = Math.Max(0, end - BlockSize);
            int read = RandomAccess.Read(file.SafeFileHandle, block.AsSpan(0, (int)(end - start)), start);
            int feed = block.AsSpan(0, read).LastIndexOf((byte)'\n');
            if (feed >= 0)
            {
                return start + feed + 1;
            }

            end = start;
        }

        return 0;
    }

    /// <summary>Returns lines of a file up to where one ends, without their line feeds and byte order marks; one that is too long is skipped.</summary>
    public static IEnumerable<ReverseLine> Of(FileStream file, long end, IReadOnlyList<LineSpan> spans) =>
        spans.Reverse().Where(span => span.Begin.Offset < end).SelectMany(span => Of(file, Math.Min(end, span.End), span.Begin.Offset));

    /// <summary>Returns complete lines of a compressed file.</summary>
    /// <param name="file">The file; another one may have its name by now.</param>
    /// <param name="damaged">Called with the reason why it cannot be read to its end.</param>
    /// <param name="before">The offset in bytes, after decompression, at which no line begins that is returned, nor behind it.</param>
    /// <param name="spans">The lines.</param>
    /// <remarks>It cannot be read backwards: it is read from its start, and the last lines are kept. If more are requested than may be kept, it is read again, up to those.</remarks>
    public static IEnumerable<ReverseLine> Of(CompressedFile file, Action<string> damaged, long before, IReadOnlyList<LineSpan> spans)
    {
        if (!file.SkipsBlocks && spans.Count > 0)
        {
            // Each span is reached by decompressing all before it.
            spans = [new LineSpan(spans[0].Begin, spans[^1].End)];
        }

        return spans.Reverse().Where(span => span.Begin.Offset < before).SelectMany(span => Of(file, damaged, Math.Min(before, span.End), span.Begin));
    }

    private static IEnumerable<ReverseLine> Of(FileStream file, long end, long begin)
    {
        byte[] block = new byte[BlockSize];
        var rest = new LinkedList<byte[]>();
        long length = 0;
        bool isFirst = true;
        while (end > begin)
        {
            long start = Math.Max(begin, end - BlockSize);
            int stop = RandomAccess.Read(file.SafeFileHandle, block.AsSpan(0, (int)(end - start)), start);
            end = start;
            int feed;
            while (stop > 0 && (feed = block.AsSpan(0, stop).LastIndexOf((byte)'\n')) >= 0)
            {
                Prepend(block.AsSpan(feed + 1, stop - feed - 1));
                stop = feed;
                // There is nothing after the last line feed.
                if (!isFirst && Take() is { } line)
                {
                    yield return new ReverseLine(start + feed + 1, line);
                }

                rest.Clear();
                length = 0;
                isFirst = false;
            }

            Prepend(block.AsSpan(0, stop));
        }

        if (length > 0 && Take() is { } first)
        {
            yield return new ReverseLine(begin, first);
        }

        void Prepend(ReadOnlySpan<byte> piece)
        {
            length += piece.Length;
            if (length > LineReader.LongestLine)
            {
                rest.Clear();
            }
            else
            {
                rest.AddFirst(piece.ToArray());
            }
        }

        byte[]? Take() => length > LineReader.LongestLine ? null : LineReader.WithoutMarks([.. rest.SelectMany(piece => piece)]).ToArray();
    }

    private static IEnumerable<ReverseLine> Of(CompressedFile file, Action<string> damaged, long before, LinePosition begin)
    {
        long end = long.MaxValue;
        while (end > 0)
        {
            var last = new Queue<ReverseLine>();
            long bytes = 0;
            long lines = 0;
            using (var reader = new LineReader(file))
            {
                reader.SkipTo(begin);
                for (; lines < end && reader.Read() && reader.Offset < before; lines++)
                {
                    byte[] line = reader.IsTooLong || reader.IsUnended ? [] : reader.Current.ToArray();
                    last.Enqueue(new ReverseLine(reader.Offset, line));
                    bytes += line.Length + LineCost;
                    while (bytes > MostKept)
                    {
                        bytes -= last.Dequeue().Line.Length + LineCost;
                    }
                }

                if (end == long.MaxValue && reader.Failure is { } failure)
                {
                    damaged(failure);
                }
            }

            end = lines - last.Count;
            foreach (ReverseLine line in last.Reverse())
            {
                if (line.Line.Length > 0)
                {
                    yield return line;
                }
            }
        }
    }
}
