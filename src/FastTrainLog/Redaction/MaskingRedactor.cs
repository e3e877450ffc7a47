namespace FastTrainLog.Redaction;

internal sealed class MaskingRedactor : Redactor
{
    /// <summary>What stands for hidden characters, however many they are.</summary>
    public const string Hidden = "****";

    private readonly int _visible;

    public MaskingRedactor(int visible)
    {
        if (visible is < 0 or > 16)
        {
            throw new ArgumentOutOfRangeException(nameof(visible), visible, "A mask shows 0 to 16 characters.");
        }

        _visible = visible;
    }

    internal override int Redact(scoped ReadOnlySpan<char> value, Span<char> destination)
    {
        Hidden.CopyTo(destination);
        if (value.Length < 2 * _visible)
        {
            return Hidden.Length;
        }

        int start = value.Length - _visible;
        // Half of a surrogate pair is not a character.
        ReadOnlySpan<char> shown = value[(start < value.Length && char.IsLowSurrogate(value[start]) ? start + 1 : start)..];
        shown.CopyTo(destination[Hidden.Length..]);
        return Hidden.Length + shown.Length;
    }
}
