using FastTrainLog.Formatting;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Reading;

/// <summary>Reads the names of levels.</summary>
internal static class StoredLevels
{
    public static LogLevel Read(ReadOnlySpan<byte> name)
    {
        for (LogLevel level = LogLevel.Trace; level < LogLevel.None; level++)
        {
            if (name.SequenceEqual(LevelNames.Utf8(level)))
            {
                return level;
            }
        }

        return LogLevel.None;
    }
}
