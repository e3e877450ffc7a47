namespace FastTrainLog.Indexing;

/// <summary>The gradient magnitudes of one layer in one step, or in several of them.</summary>
/// <param name="FirstStep">The first step.</param>
/// <param name="LastStep">The last step.</param>
/// <param name="Count">The number of histograms.</param>
/// <param name="FirstBin">A bin before which none has elements.</param>
/// <param name="Elements">The number of elements in that bin and in each behind it, of all histograms together; none of them is in a bin behind these.</param>
internal sealed record IndexedHistogram(long FirstStep, long LastStep, long Count, int FirstBin, long[] Elements)
{
    /// <summary>Gets the bin behind the last of <see cref="Elements"/>.</summary>
    public int EndBin => FirstBin + Elements.Length;

    /// <summary>Returns the histogram of one step, which has elements in any of its bins.</summary>
    public static IndexedHistogram Of(long step, ReadOnlySpan<long> bins)
    {
        int first = bins.IndexOfAnyExcept(0L);
        return new IndexedHistogram(step, step, 1, first, bins[first..(bins.LastIndexOfAnyExcept(0L) + 1)].ToArray());
    }

    /// <summary>Returns the number of elements in a bin.</summary>
    public long In(int bin) => bin >= FirstBin && bin < EndBin ? Elements[bin - FirstBin] : 0;

    /// <summary>Returns several, in the order of their steps, as one.</summary>
    public static IndexedHistogram Join(ReadOnlySpan<IndexedHistogram> parts)
    {
        if (parts.Length == 1)
        {
            return parts[0];
        }

        (int first, int end, long count) = (int.MaxValue, 0, 0);
        foreach (IndexedHistogram part in parts)
        {
            (first, end, count) = (Math.Min(first, part.FirstBin), Math.Max(end, part.EndBin), count + part.Count);
        }

        long[] elements = new long[end - first];
        foreach (IndexedHistogram part in parts)
        {
            for (int i = 0; i < part.Elements.Length; i++)
            {
                elements[part.FirstBin - first + i] += part.Elements[i];
            }
        }

        return new IndexedHistogram(parts[0].FirstStep, parts[^1].LastStep, count, first, elements);
    }
}
