namespace FastTrainLog.Generators.Memory;

/// <summary>FNV-1a over UTF-16 code units, in 64 bits.</summary>
internal static class Fnv
{
    public const ulong Seed = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Add(ulong hash, ulong other) => unchecked((hash ^ other) * Prime);

    public static ulong Add(ulong hash, string text)
    {
        foreach (char c in text)
        {
            hash = Add(hash, c);
        }

        // Two texts must not hash like their concatenation.
        return Add(hash, char.MaxValue);
    }
}
