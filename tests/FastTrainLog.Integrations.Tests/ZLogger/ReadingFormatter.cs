using System.Buffers;
using ZLogger;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>Reads each parameter through every accessor that a binary formatter uses.</summary>
internal sealed class ReadingFormatter : IZLoggerFormatter
{
    public bool WithLineBreak => false;

    public List<(string Key, Type Type, object? Value)> Seen { get; } = [];

    public List<int> Steps { get; } = [];

    public List<float> Losses { get; } = [];

    public List<string> Templates { get; } = [];

    public void FormatLogEntry(IBufferWriter<byte> writer, IZLoggerEntry entry)
    {
        for (int i = 0; i < entry.ParameterCount; i++)
        {
            Seen.Add((entry.GetParameterKeyAsString(i), entry.GetParameterType(i), entry.GetParameterValue(i)));
        }

        Steps.Add(entry.GetParameterValue<int>(0));
        Losses.Add(entry.GetParameterValue<float>(2));
        Templates.Add(entry.GetOriginalFormat());
    }
}
