using System.Buffers;
using ZLogger;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>Keeps the template of each entry.</summary>
internal sealed class TemplateFormatter : IZLoggerFormatter
{
    public bool WithLineBreak => false;

    public List<string> Templates { get; } = [];

    public void FormatLogEntry(IBufferWriter<byte> writer, IZLoggerEntry entry) => Templates.Add(entry.GetOriginalFormat());
}
