using System.Text;

namespace FastTrainLog.State;

/// <summary>Reads what <see cref="StateWriter"/> wrote.</summary>
internal sealed class StateReader(byte[] bytes) : StateCodec
{
    private int _at;

    public override bool IsReading => true;

    public override void Text(ref string? text)
    {
        int length = 0;
        Value(ref length);
        text = length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    protected override void Bytes(Span<byte> target) => Take(target.Length).CopyTo(target);

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > bytes.Length - _at)
        {
            throw new InvalidDataException("The state of an analysis in the index ends too early.");
        }

        _at += length;
        return bytes.AsSpan(_at - length, length);
    }
}
