using System.Buffers;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>A writer that is always full, as the one behind ZLogger's streams is now and then: whoever asks for no size gets an empty span.</summary>
internal sealed class FullBufferWriter : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public ReadOnlySpan<byte> WrittenSpan => _buffer.WrittenSpan;

    public void ResetWrittenCount() => _buffer.ResetWrittenCount();

    public void Advance(int count) => _buffer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => sizeHint == 0 ? Memory<byte>.Empty : _buffer.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => sizeHint == 0 ? [] : _buffer.GetSpan(sizeHint);
}
