using System.Text;

namespace FastTrainLog.State;

/// <summary>Writes state.</summary>
internal sealed class StateWriter : StateCodec
{
    private readonly MemoryStream _bytes = new();

    public override bool IsReading => false;

    /// <summary>Gets what was written; valid until more is.</summary>
    public ReadOnlySpan<byte> Written => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>Begins again, in the same memory.</summary>
    public void Clear() => _bytes.SetLength(0);

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
