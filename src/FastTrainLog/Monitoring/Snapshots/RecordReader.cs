using System.Globalization;
using FastTrainLog.Records;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>Reads a record's arguments by name.</summary>
internal static unsafe class RecordReader
{
    public static double? Number(in LogRecord record, string name) =>
        record.TryGetArgument(name, out LogArgument argument) && argument.TryGetDouble(out double value) ? value : null;

    public static long? Integer(in LogRecord record, string name) =>
        record.TryGetArgument(name, out LogArgument argument) && argument.TryGetInt64(out long value) ? value : null;

    public static bool? Flag(in LogRecord record, string name) =>
        record.TryGetArgument(name, out LogArgument argument) && argument.ToObject() is bool value ? value : null;

    public static string? Text(in LogRecord record, string name) =>
        record.TryGetArgument(name, out LogArgument argument) ? argument.ToObject() as string : null;

    public static TimeSpan? Time(in LogRecord record, string name) =>
        record.TryGetArgument(name, out LogArgument argument) && argument.ToObject() is TimeSpan value ? value : null;

    public static TimeSpan? Seconds(in LogRecord record, string name) => Number(record, name) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public static IReadOnlyDictionary<string, double> Metrics(in LogRecord record) =>
        ByName(record.TryGetArgument("Metrics", out LogArgument argument) ? argument.ToObject() as List<KeyValuePair<string, double>> ?? [] : []);

    /// <summary>Collects metrics by name; of two with the same name the later one is kept.</summary>
    public static Dictionary<string, double> ByName(List<KeyValuePair<string, double>> metrics)
    {
        var byName = new Dictionary<string, double>(metrics.Count);
        foreach ((string name, double value) in metrics)
        {
            byName[name] = value;
        }

        return byName;
    }

    /// <summary>Reads named values of any kind, as texts.</summary>
    public static IReadOnlyDictionary<string, string?> Properties(in LogRecord record, string name)
    {
        var properties = new Dictionary<string, string?>();
        if (record.TryGetArgument(name, out LogArgument argument) && argument is { IsNull: false, Kind: ArgumentKind.Properties })
        {
            byte* value = argument.Value;
            int count = argument.Read<int>();
            value += sizeof(int);
            for (int i = 0; i < count; i++)
            {
                string key = RecordDecoder.ReadText(ref value).ToString();
                properties[key] = Convert.ToString(RecordDecoder.ReadProperty(ref value).ToObject(), CultureInfo.InvariantCulture);
            }
        }

        return properties;
    }
}
