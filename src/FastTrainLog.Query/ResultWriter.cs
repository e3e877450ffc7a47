using System.Data.Common;
using System.Globalization;
using System.Text.Json;

namespace FastTrainLog.Query;

/// <summary>Writes the result of a statement.</summary>
internal abstract class ResultWriter
{
    public static ResultWriter Of(string format, TextWriter output) => format switch
    {
        "csv" => new CsvResult(output),
        "json" => new JsonResult(output),
        _ => new TableResult(output),
    };

    /// <summary>Writes all rows.</summary>
    public abstract void Write(DbDataReader reader, CancellationToken cancellation);

    protected static string[] NamesOf(DbDataReader reader) => [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];

    /// <summary>Returns a value as text; null for NULL.</summary>
    protected static string? Text(object value) => value switch
    {
        DBNull => null,
        bool known => known ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        string text => text,
        System.Collections.IEnumerable list => JsonSerializer.Serialize(list),
        _ => value.ToString(),
    };

    protected static bool IsNumber(Type type) => type.IsPrimitive && type != typeof(bool) && type != typeof(char) || type == typeof(decimal) || type == typeof(System.Numerics.BigInteger);
}
