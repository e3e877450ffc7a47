using System.Globalization;
using System.Text;

namespace FastTrainLog.Formatting;

/// <summary>Reads back the time that <see cref="TextLineFormatter"/> and <see cref="JsonLineFormatter"/> begin their lines with.</summary>
internal static class LineTime
{
    private const string TextFormat = "'['yyyy-MM-dd HH:mm:ss']'";
    private const int TextChars = 21;
    private const string JsonFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";
    private const int JsonChars = 28;

    private static ReadOnlySpan<byte> JsonLead => "{\"timestamp\":\""u8;

    /// <summary>Reads the time of a line.</summary>
    /// <param name="line">The line, from its beginning.</param>
    /// <param name="zone">The time zone of lines of text.</param>
    /// <param name="utc">The time, in UTC ticks.</param>
    /// <returns>False if the line does not begin with one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, TimeZoneInfo zone, out long utc) => TrySplit(line, zone, out utc, out _);

    /// <summary>Reads the time of a line, and separates it from the rest.</summary>
    /// <param name="line">The line, from its beginning.</param>
    /// <param name="zone">The time zone of lines of text.</param>
    /// <param name="utc">The time, in UTC ticks.</param>
    /// <param name="rest">The rest of the line after the time.</param>
    /// <returns>False if the line does not begin with one.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> line, TimeZoneInfo zone, out long utc, out ReadOnlySpan<byte> rest)
    {
        utc = 0;
        rest = default;
        if (line.StartsWith(JsonLead))
        {
            bool isTime = TryParse(line[JsonLead.Length..], JsonChars, JsonFormat, out DateTime time);
            utc = time.Ticks;
            rest = isTime ? line[(JsonLead.Length + JsonChars)..] : default;
            return isTime;
        }

        if (!TryParse(line, TextChars, TextFormat, out DateTime local))
        {
            return false;
        }

        utc = local.Ticks - zone.GetUtcOffset(local).Ticks;
        rest = line[TextChars..];
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> line, int chars, string format, out DateTime time)
    {
        time = default;
        return line.Length >= chars && DateTime.TryParseExact(Encoding.Latin1.GetString(line[..chars]), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }
}
