using System.Text;

namespace FastTrainLog.State;

/// <summary>Writes state.</summary>
internal sealed class StateWriter : StateCodec
{
    private readonly MemoryStream _bytes = new();

    public override bool IsReading => false;

    public byte[] ToArray() => _bytes.ToArray();

    public override void Text(ref string? text)
    {
        int length = text is null ? -1 : Encoding.UTF8.GetByteCount(text);
        Value(ref length);
        if (length > 0)
        {
            _bytes.Write(Encoding.UTF8.GetBytes(text!));
        }
    }

    protected override void Bytes(Span<byte> bytes) => _bytes.Write(bytes);
}
