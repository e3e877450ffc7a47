using System.Globalization;
using FastTrainLog.Dashboard.Answers;

namespace FastTrainLog.Dashboard.Records;

/// <summary>A place between two lines of a log, which stays valid when its files are rotated and compressed.</summary>
/// <param name="Log">Which log it is: the checksum of its directory's path, and its number there.</param>
/// <param name="Identity">The identity of the file.</param>
/// <param name="Offset">The offset in bytes of the line behind it, after decompression.</param>
internal readonly record struct LogPlace(string Log, ulong Identity, long Offset)
{
    private const char Separator = '~';

    /// <summary>Returns the text of the places of several logs.</summary>
    public static string Text(IEnumerable<LogPlace> places) => string.Join(Separator, places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.Log}.{place.Identity:x16}.{place.Offset}")));

    /// <summary>Reads the places of several logs.</summary>
    public static Dictionary<string, LogPlace> Parse(string text)
    {
        var places = new Dictionary<string, LogPlace>();
        foreach (string part in text.Split(Separator, StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = part.Split('.');
            if (fields.Length != 3 || !ulong.TryParse(fields[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong identity)
                || !long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
            {
                throw RequestFields.Invalid($"'{part}' in 'cursor' is no place in a log, which is LOG.FILE.OFFSET.");
            }

            places[fields[0]] = new LogPlace(fields[0], identity, offset);
        }

        return places;
    }
}
