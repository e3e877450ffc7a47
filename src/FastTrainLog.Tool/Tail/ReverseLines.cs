namespace FastTrainLog.Tool.Tail;

/// <summary>Reads the lines of a file from the last to the first.</summary>
internal static class ReverseLines
{
    private const int BlockSize = 64 * 1024;

    /// <summary>Returns where the last whole line ends, its line feed included.</summary>
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

    /// <summary>Returns the lines of a file up to where one ends, without their line feeds.</summary>
    public static IEnumerable<byte[]> Of(FileStream file, long end)
    {
        byte[] block = new byte[BlockSize];
        byte[] rest = [];
        bool isFirst = true;
        while (end > 0)
        {
            long start = Math.Max(0, end - BlockSize);
            int length = RandomAccess.Read(file.SafeFileHandle, block.AsSpan(0, (int)(end - start)), start);
            end = start;
            int stop = length;
            int feed;
            while (stop > 0 && (feed = block.AsSpan(0, stop).LastIndexOf((byte)'\n')) >= 0)
            {
                byte[] line = [.. block.AsSpan(feed + 1, stop - feed - 1), .. rest];
                rest = [];
                stop = feed;
                // Behind the last line feed there is nothing.
                if (!isFirst)
                {
                    yield return line;
                }

                isFirst = false;
            }

            rest = [.. block.AsSpan(0, stop), .. rest];
        }

        if (rest.Length > 0)
        {
            yield return rest;
        }
    }

    /// <summary>Returns the lines of a whole file, which may be a compressed one.</summary>
    public static IEnumerable<byte[]> Of(Stream stream)
    {
        if (stream is FileStream file)
        {
            return Of(file, EndOfLastLine(file));
        }

        // There is no way back in a compressed stream.
        using var reader = new MemoryStream();
        stream.CopyTo(reader);
        ReadOnlySpan<byte> all = reader.GetBuffer().AsSpan(0, (int)reader.Length);
        var lines = new List<byte[]>();
        foreach (Range line in all.Split((byte)'\n'))
        {
            lines.Add(all[line].ToArray());
        }

        lines.RemoveAt(lines.Count - 1);
        lines.Reverse();
        return lines;
    }
}
