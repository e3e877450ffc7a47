using System.Text;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>Writes what a program prints above the live lines.</summary>
/// <param name="screen">The screen.</param>
/// <param name="error">Standard error, if it goes there; null for standard output.</param>
/// <param name="encoding">The encoding of the writer that it replaces.</param>
internal sealed class RoomMakingWriter(LiveScreen screen, TerminalDescriptor? error, Encoding encoding) : TextWriter
{
    private readonly Encoder _encoder = encoding.GetEncoder();

    public override Encoding Encoding => encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value) => Write((value + NewLine).AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        byte[] bytes = new byte[encoding.GetMaxByteCount(buffer.Length)];
        lock (screen.Gate)
        {
            int length = _encoder.GetBytes(buffer, bytes, flush: false);
            screen.WriteForeign(bytes.AsSpan(0, length), error);
        }
    }
}
