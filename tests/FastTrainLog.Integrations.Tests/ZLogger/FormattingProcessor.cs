using System.Text;
using ZLogger;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>A processor of the user's own: formats each entry on the caller's thread, and can hold entries back as an asynchronous one does.</summary>
internal sealed class FormattingProcessor(IZLoggerFormatter formatter, bool keepsLines = true) : IAsyncLogProcessor
{
    private readonly FullBufferWriter _buffer = new();
    private readonly Queue<IZLoggerEntry> _held = [];

    public List<string> Lines { get; } = [];

    public int HoldsBack { get; init; }

    public long Posted { get; private set; }

    public void Post(IZLoggerEntry log)
    {
        Posted++;
        _held.Enqueue(log);
        if (_held.Count > HoldsBack)
        {
            Write(_held.Dequeue());
        }
    }

    public ValueTask DisposeAsync()
    {
        while (_held.TryDequeue(out IZLoggerEntry? entry))
        {
            Write(entry);
        }

        return default;
    }

    private void Write(IZLoggerEntry entry)
    {
        _buffer.ResetWrittenCount();
        entry.FormatUtf8(_buffer, formatter);
        entry.Return();
        if (keepsLines)
        {
            Lines.Add(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        }
    }
}
