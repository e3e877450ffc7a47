using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace FastTrainLog.Records;

/// <summary>The names of the members of one JSON object from a record's list, to find duplicates.</summary>
/// <remarks>Few names are compared with one another, many by their hash codes; nothing is allocated unless there are duplicates. Dispose it.</remarks>
internal unsafe ref struct MemberNames
{
    /// <summary>The most names that are compared one by one: the given stack memory is for this many.</summary>
    public const int Few = 16;

    private readonly Span<nint> _names;
    private readonly nint[]? _rentedNames;
    private readonly int[]? _hashes;
    private HashSet<string>? _all;
    private Dictionary<string, int>? _suffixes;
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
    /// <returns>Whether an earlier one is the same.</returns>
    public bool Add(byte* name)
    {
        ReadOnlySpan<char> text = TextAt((nint)name);
        bool isTaken = _hashes is null ? IsAmongFew(text) : IsFoundByHash(text);
        _names[_count++] = (nint)name;
        return isTaken;
    }

    /// <summary>Returns the number by which the next repetition of a name is distinguished, from 2 on, but for those that another member's own name ends in.</summary>
    /// <remarks>Each name goes on from its last number: thousands of one name are not compared with one another.</remarks>
    public int SuffixOf(scoped ReadOnlySpan<char> name, in LogArgument list)
    {
        _all ??= NamesOf(list);
        _suffixes ??= [];
        string text = name.ToString();
        int number = _suffixes.GetValueOrDefault(text, 1);
        do
        {
            number++;
        }
        while (_all.Contains(string.Create(CultureInfo.InvariantCulture, $"{text}_{number}")));

        return _suffixes[text] = number;
    }

    public readonly void Dispose()
    {
        if (_hashes is not null)
        {
            ArrayPool<nint>.Shared.Return(_rentedNames!);
            ArrayPool<int>.Shared.Return(_hashes);
        }
    }

    private readonly bool IsAmongFew(ReadOnlySpan<char> text)
    {
        foreach (nint name in _names[.._count])
        {
            if (TextAt(name).SequenceEqual(text))
            {
                return true;
            }
        }

        return false;
    }

    private readonly bool IsFoundByHash(ReadOnlySpan<char> text)
    {
        int hash = string.GetHashCode(text);
        bool isTaken = false;
        for (int start = 0; !isTaken && _hashes.AsSpan(start, _count - start).IndexOf(hash) is >= 0 and var found; start += found + 1)
        {
            isTaken = TextAt(_names[start + found]).SequenceEqual(text);
        }

        _hashes![_count] = hash;
        return isTaken;
    }

    private static HashSet<string> NamesOf(in LogArgument list)
    {
        var names = new HashSet<string>();
        byte* value = list.Value;
        int count = Unsafe.ReadUnaligned<int>(value);
        value += sizeof(int);
        for (int i = 0; i < count; i++)
        {
            names.Add(RecordDecoder.ReadText(ref value).ToString());
            if (list.Kind == ArgumentKind.Metrics)
            {
                value += sizeof(double);
            }
            else
            {
                RecordDecoder.ReadProperty(ref value);
            }
        }

        return names;
    }

    private static ReadOnlySpan<char> TextAt(nint name) => new((byte*)name + sizeof(int), Math.Max(0, Unsafe.ReadUnaligned<int>((byte*)name)));
}
