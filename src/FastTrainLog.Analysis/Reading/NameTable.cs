using FastTrainLog.Formatting;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Reading;

/// <summary>Interns frequent names and templates, so that each is one string.</summary>
internal sealed class NameTable
{
    // A log with an unlimited number of names must not fill the memory.
    private const int Most = 4096;

    private readonly Dictionary<int, (byte[] Utf8, string Name)> _names = [];

    // The names of the last records, which have mostly the same: found without a hash of all their bytes.
    private readonly (byte[] Utf8, string Name)[] _recent = new (byte[] Utf8, string Name)[64];

    /// <summary>Gets the reconstruction of omitted messages.</summary>
    public StoredMessage Messages { get; } = new();

    /// <summary>Gets the buffer for reconstructed messages.</summary>
    public Utf8Buffer Message { get; } = new(256);

    public string Get(ReadOnlySpan<byte> utf8)
    {
        ref (byte[] Utf8, string Name) recent = ref _recent[utf8.IsEmpty ? 0 : (utf8.Length + (7 * utf8[0]) + (13 * utf8[^1])) % _recent.Length];
        if (recent.Name is not null && utf8.SequenceEqual(recent.Utf8))
        {
            return recent.Name;
        }

        var hash = new HashCode();
        hash.AddBytes(utf8);
        int key = hash.ToHashCode();
        if (_names.TryGetValue(key, out (byte[] Utf8, string Name) known) && utf8.SequenceEqual(known.Utf8))
        {
            recent = known;
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
