using Microsoft.Extensions.Logging;

namespace FastTrainLog.Formatting;

/// <summary>The names of the levels in log files.</summary>
internal static class LevelNames
{
    public static ReadOnlySpan<byte> Utf8(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE"u8,
        LogLevel.Debug => "DEBUG"u8,
        LogLevel.Information => "INFO"u8,
        LogLevel.Warning => "WARNING"u8,
        LogLevel.Error => "ERROR"u8,
        LogLevel.Critical => "CRITICAL"u8,
        _ => "NONE"u8,
    };
}
