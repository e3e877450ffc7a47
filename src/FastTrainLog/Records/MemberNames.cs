using System.Buffers;
using System.Runtime.CompilerServices;

namespace FastTrainLog.Records;

/// <summary>The names of the members of one JSON object from a record's list, to find duplicates.</summary>
/// <remarks>Few names are compared with one another, many by their hash codes; nothing is allocated. Dispose it.</remarks>
internal unsafe ref struct MemberNames
{
    /// <summary>The most names that are compared one by one: the given stack memory is for this many.</summary>
    public const int Few = 16;

    private readonly Span<nint> _names;
    private readonly nint[]? _rentedNames;
    private readonly int[]? _hashes;
    private int _count;

    /// <summary>Initializes the names of an object.</summary>
    /// <param name="stack">Memory for <see cref="Few"/> names.</param>
    /// <param name="count">How many members it has.</param>
    public MemberNames(Span<nint> stack, int count)
    {
        if (count > Few)
        {
            _rentedNames = ArrayPool<nint>.Shared.Rent(count);
            _hashes = ArrayPool<int>.Shared.Rent(count);
        }

        _names = _rentedNames ?? stack;
    }

    /// <summary>Adds a name, as it is in the record.</summary>
    /// <returns>How many earlier ones are the same.</returns>
    public int Add(byte* name)
    {
        ReadOnlySpan<char> text = TextAt((nint)name);
        int same = _hashes is null ? CountAmongFew(text) : CountByHash(text);
        _names[_count++] = (nint)name;
        return same;
    }

    public readonly void Dispose()
    {
        if (_hashes is not null)
        {
            ArrayPool<nint>.Shared.Return(_rentedNames!);
            ArrayPool<int>.Shared.Return(_hashes);
        }
    }

    private readonly int CountAmongFew(ReadOnlySpan<char> text)
    {
        int same = 0;
        foreach (nint name in _names[.._count])
        {
            same += TextAt(name).SequenceEqual(text) ? 1 : 0;
        }

        return same;
    }

    private readonly int CountByHash(ReadOnlySpan<char> text)
    {
        int hash = string.GetHashCode(text);
        int same = 0;
        for (int start = 0; _hashes.AsSpan(start, _count - start).IndexOf(hash) is >= 0 and var found; start += found + 1)
        {
            same += TextAt(_names[start + found]).SequenceEqual(text) ? 1 : 0;
        }

        _hashes![_count] = hash;
        return same;
    }

    private static ReadOnlySpan<char> TextAt(nint name) => new((byte*)name + sizeof(int), Math.Max(0, Unsafe.ReadUnaligned<int>((byte*)name)));
}
