using System.Runtime.CompilerServices;

namespace FastTrainLog.Reading;

/// <summary>The members of a record itself, or its properties, in the order of the line.</summary>
internal sealed class RecordMembers
{
    private RecordMember[] _members = new RecordMember[16];
    private int _next;

    /// <summary>Gets the number of members.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the members.</summary>
    public Span<RecordMember> All => _members.AsSpan(0, Count);

    /// <summary>Gets or sets a bit for each length and first letter of a name: most of the names that are not there are told by it.</summary>
    public ulong Names { get; set; }

    public void Clear()
    {
        Count = _next = 0;
        Names = 0;
    }

    /// <summary>Takes over the members of another line.</summary>
    public void Take(RecordMembers other)
    {
        if (_members.Length < other.Count)
        {
            _members = new RecordMember[other.Count];
        }

        other.All.CopyTo(_members);
        (Count, _next, Names) = (other.Count, 0, other.Names);
    }

    public void NoteName(ReadOnlySpan<byte> name) => Names |= BitOf(name);

    public ref RecordMember Add()
    {
        if (Count == _members.Length)
        {
            Array.Resize(ref _members, Count * 2);
        }

        ref RecordMember added = ref _members[Count++];
        added.Number = NumberState.Unknown;
        return ref added;
    }

    public bool TryGetAt(ReadOnlySpan<byte> line, int index, out StoredField field)
    {
        if (index >= Count)
        {
            field = default;
            return false;
        }

        ref readonly RecordMember member = ref _members[index];
        field = new StoredField(line.Slice(member.Name, member.NameLength), line.Slice(member.Value, member.ValueLength), member.Kind);
        return true;
    }

    public bool TryFind(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out StoredField field)
    {
        int index = IndexOf(line, name);
        if (index < 0)
        {
            field = default;
            return false;
        }

        ref readonly RecordMember member = ref _members[index];
        field = new StoredField(name, line.Slice(member.Value, member.ValueLength), member.Kind);
        return true;
    }

    /// <summary>Returns the index of a member; a negative number if there is none.</summary>
    /// <remarks>Callers mostly request members in the order of the file, so the search begins after the last one found.</remarks>
    public int IndexOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        if ((Names & BitOf(name)) == 0)
        {
            return -1;
        }

        Span<RecordMember> members = All;
        for (int i = _next; i < members.Length; i++)
        {
            if (IsNamed(line, members[i], name))
            {
                _next = i + 1;
                return i;
            }
        }

        for (int i = 0; i < members.Length && i < _next; i++)
        {
            if (IsNamed(line, members[i], name))
            {
                _next = i + 1;
                return i;
            }
        }

        return -1;
    }

    private static ulong BitOf(ReadOnlySpan<byte> name) => 1UL << ((name.Length + (name.IsEmpty ? 0 : name[0] * 5)) & 63);

    private static bool IsNamed(ReadOnlySpan<byte> line, in RecordMember member, ReadOnlySpan<byte> name) =>
        member.NameLength == name.Length && line.Slice(member.Name, member.NameLength).SequenceEqual(name);
}
