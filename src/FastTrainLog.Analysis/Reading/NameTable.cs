using FastTrainLog.Formatting;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Reading;

/// <summary>Interns frequent names and templates, so that each is one string.</summary>
internal sealed class NameTable
{
    // A log with an unlimited number of names must not fill the memory.
    private const int Most = 4096;

    private readonly Dictionary<int, (byte[] Utf8, string Name)> _names = [];

    /// <summary>Gets the reconstruction of omitted messages.</summary>
    public StoredMessage Messages { get; } = new();

    /// <summary>Gets the buffer for reconstructed messages.</summary>
    public Utf8Buffer Message { get; } = new(256);

    public string Get(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        int key = hash.ToHashCode();
        if (_names.TryGetValue(key, out (byte[] Utf8, string Name) known) && utf8.SequenceEqual(known.Utf8))
        {
            return known.Name;
        }

        string name = JsonText.Decode(utf8);
        if (_names.Count < Most)
        {
            _names[key] = (utf8.ToArray(), name);
        }

        return name;
    }
}
