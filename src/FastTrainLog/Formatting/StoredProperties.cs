using System.Text.Json;

namespace FastTrainLog.Formatting;

/// <summary>The members of an object in a line of JSON, found once.</summary>
internal sealed class StoredProperties
{
    private readonly List<Member> _members = [];

    /// <summary>Finds the members of an object.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        _members.Clear();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int name = (int)reader.TokenStartIndex + 1;
            int nameLength = reader.ValueSpan.Length;
            reader.Read();
            JsonTokenType token = reader.TokenType;
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            int end = (int)reader.BytesConsumed;
            // A string without its quotes.
            int quote = token == JsonTokenType.String ? 1 : 0;
            _members.Add(new Member(name, nameLength, token, start + quote, end - start - (2 * quote)));
        }
    }

    /// <summary>Gets the members, in their order.</summary>
    public IReadOnlyList<Member> Members => _members;

    /// <summary>Finds a member by its name, ignoring case and underscores.</summary>
    /// <param name="json">The object that was read.</param>
    /// <param name="name">The name.</param>
    /// <param name="guess">Its expected index; set to its index.</param>
    public bool TryFind(ReadOnlySpan<byte> json, string name, ref int guess)
    {
        if ((uint)guess < (uint)_members.Count && IsNamed(_members[guess].NameIn(json), name))
        {
            return true;
        }

        for (int i = 0; i < _members.Count; i++)
        {
            if (IsNamed(_members[i].NameIn(json), name))
            {
                guess = i;
                return true;
            }
        }

        return false;
    }

    private static bool IsNamed(ReadOnlySpan<byte> json, string name)
    {
        int at = 0;
        foreach (char c in name)
        {
            if (c == '_')
            {
                continue;
            }

            while (at < json.Length && json[at] == '_')
            {
                at++;
            }

            // Non-ASCII names are not found: then the message itself is written.
            if (at == json.Length || c > 127 || (c != json[at] && char.ToLowerInvariant(c) != char.ToLowerInvariant((char)json[at])))
            {
                return false;
            }

            at++;
        }

        return json[at..].IndexOfAnyExcept((byte)'_') < 0;
    }

    /// <summary>A member of an object, by its position in the JSON.</summary>
    public readonly record struct Member(int Name, int NameLength, JsonTokenType Kind, int Value, int ValueLength)
    {
        public ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> json) => json.Slice(Name, NameLength);

        public ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> json) => json.Slice(Value, ValueLength);
    }
}
