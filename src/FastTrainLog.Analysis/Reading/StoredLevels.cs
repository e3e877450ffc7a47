using System.Text;
using FastTrainLog.Formatting;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Reading;

/// <summary>The names of levels, as they are in files.</summary>
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

    public static string Name(LogLevel level) => Encoding.UTF8.GetString(LevelNames.Utf8(level));
}
