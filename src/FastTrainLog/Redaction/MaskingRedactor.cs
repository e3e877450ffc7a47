using FastTrainLog.Records;

namespace FastTrainLog.Redaction;

internal sealed class MaskingRedactor : Redactor
{
    private readonly int _visible;

    public MaskingRedactor(int visible)
    {
        if (visible is < 0 or > 16)
        {
            throw new ArgumentOutOfRangeException(nameof(visible), visible, "A mask shows 0 to 16 characters.");
        }

        _visible = visible;
    }

    internal override void Redact(scoped ReadOnlySpan<char> value, ref TextArgument text)
    {
        text.Append("****");
        if (value.Length >= 2 * _visible)
        {
            int start = value.Length - _visible;
            // Half of a character outside the basic plane is no character.
            text.Append(value[(start < value.Length && char.IsLowSurrogate(value[start]) ? start + 1 : start)..]);
        }
    }
}
