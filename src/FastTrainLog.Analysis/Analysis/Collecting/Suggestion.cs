namespace FastTrainLog.Analysis.Collecting;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>Returns the nearest word by edit distance, or null if none is near.</summary>
    public static string? For(string word, IEnumerable<string> known) =>
        known.Select(candidate => (candidate, Distance: candidate.StartsWith(word, StringComparison.Ordinal) ? 0 : Distance(word, candidate)))
            .Where(pair => pair.Distance <= Math.Max(2, word.Length / 3))
            .OrderBy(pair => pair.Distance)
            .FirstOrDefault().candidate;

    // Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966.
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
