namespace FastTrainLog.Records;

/// <summary>Holds the names of an enum's members, so that the backend can convert a stored number to its name.</summary>
/// <remarks>Instances are immutable and safe to share between threads.</remarks>
public sealed class EnumNames
{
    private readonly string[] _names;
    private readonly ulong[] _values;
    private readonly bool _isFlags;
    private readonly bool _isSigned;
    private readonly int _size;

    /// <summary>Initializes the names of an enum.</summary>
    /// <param name="names">The members' names, in the order of <paramref name="values"/>.</param>
    /// <param name="values">The members' values, sign-extended to 64 bits.</param>
    /// <param name="isFlags">Whether values may combine several members.</param>
    /// <param name="isSigned">Whether the underlying type is signed.</param>
    /// <param name="size">The bytes of the underlying type: the hexadecimal format shows all of them.</param>
    /// <exception cref="ArgumentException">The two arrays differ in length.</exception>
    public EnumNames(string[] names, ulong[] values, bool isFlags, bool isSigned, int size)
    {
        if (names.Length != values.Length)
        {
            throw new ArgumentException($"{names.Length} names were given for {values.Length} values; give one name a value.", nameof(names));
        }

        _names = names;
        _values = values;
        _isFlags = isFlags;
        _isSigned = isSigned;
        _size = size;
    }

    internal ReadOnlySpan<string> Names => _names;

    internal ReadOnlySpan<ulong> Values => _values;

    internal bool IsFlags => _isFlags;

    internal bool IsSigned => _isSigned;

    internal int Size => _size;

    /// <summary>Returns the text of a value in one of the enum formats: G (also if there is none), D, X or F.</summary>
    internal string Format(ulong value, string? format) => format switch
    {
        "D" or "d" => Number(value),
        "X" or "x" => (value & (ulong.MaxValue >> (64 - (8 * _size)))).ToString($"X{2 * _size}", System.Globalization.CultureInfo.InvariantCulture),
        "F" or "f" => GetName(value, combine: true),
        _ => GetName(value),
    };

    /// <summary>Returns the text that <see cref="Enum.ToString()"/> gives for a value.</summary>
    /// <param name="value">The value, sign-extended to 64 bits.</param>
    /// <returns>The member's name, the names of the combined flags, or the number if no member has it.</returns>
    public string GetName(ulong value) => GetName(value, _isFlags);

    private string GetName(ulong value, bool combine)
    {
        int index = Array.IndexOf(_values, value);
        if (index >= 0)
        {
            return _names[index];
        }

        if (combine && value != 0 && CombineFlags(value) is { } combined)
        {
            return combined;
        }

        return Number(value);
    }

    private string Number(ulong value) => _isSigned
        ? ((long)value).ToString(System.Globalization.CultureInfo.InvariantCulture)
        : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // Enum.ToString takes the largest members first and prints them in ascending order.
    private string? CombineFlags(ulong value)
    {
        int[] order = [.. Enumerable.Range(0, _values.Length).OrderByDescending(i => _values[i])];
        var parts = new List<string>();
        ulong rest = value;
        foreach (int i in order)
        {
            if (_values[i] != 0 && (rest & _values[i]) == _values[i])
            {
                rest &= ~_values[i];
                parts.Add(_names[i]);
            }
        }

        if (rest != 0)
        {
            return null;
        }

        parts.Reverse();
        return string.Join(", ", parts);
    }
}
