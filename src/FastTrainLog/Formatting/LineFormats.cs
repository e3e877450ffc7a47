using FastTrainLog.Records;

namespace FastTrainLog.Formatting;

/// <summary>Creates decoders of records with the library's own lines of text and of JSON.</summary>
internal static class LineFormats
{
    /// <summary>Makes a decoder.</summary>
    /// <param name="textTimeZone">The time zone of the lines of text.</param>
    /// <param name="style">How they look.</param>
    public static RecordDecoder CreateDecoder(TimeZoneInfo textTimeZone, LineStyle style = default) =>
        new(new TextLineFormatter(textTimeZone, style.HasSymbols), new JsonLineFormatter(style.Message));
}
