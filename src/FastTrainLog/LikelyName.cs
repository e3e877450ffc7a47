namespace FastTrainLog;

/// <summary>Finds the name that was probably meant by a misspelt one.</summary>
internal static class LikelyName
{
    /// <summary>Returns the likeliest of some names: one that differs in a few letters only, or that the given one abbreviates; null if there is none.</summary>
    public static string? Of(string written, IEnumerable<string> names) =>
        names
            .Select(name => (Name: name, Edits: Edits(written, name)))
            .Where(candidate => candidate.Edits <= Math.Max(written.Length, candidate.Name.Length) / 3 || Abbreviates(written, candidate.Name))
            .OrderBy(candidate => candidate.Edits)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    // All its letters are in the name, in their order: LogDir in LogDirectory, MinLevel in MinimumLevel.
    private static bool Abbreviates(string written, string name)
    {
        int found = 0;
        foreach (char letter in name)
        {
            found += found < written.Length && Same(letter, written[found]) ? 1 : 0;
        }

        return written.Length >= 3 && found == written.Length;
    }

    /// <summary>Returns the number of letters to insert, delete or replace to turn one word into another (Levenshtein, 1966).</summary>
    private static int Edits(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = diagonal + (Same(from[i - 1], to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }

    private static bool Same(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);
}
