namespace FastTrainLog.Reading;

/// <summary>Remembers the names that come again and again, so that each is one string.</summary>
internal sealed class NameTable
{
    // A log that makes up names without end must not fill the memory.
    private const int Most = 4096;

    private readonly Dictionary<int, (byte[] Utf8, string Name)> _names = [];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        int key = hash.ToHashCode();
        if (_names.TryGetValue(key, out (byte[] Utf8, string Name) known) && utf8.SequenceEqual(known.Utf8))
        {
            return known.Name;
        }

        string name = JsonEscapes.Decode(utf8);
        if (_names.Count < Most)
        {
            _names[key] = (utf8.ToArray(), name);
        }

        return name;
    }
}
