using System.Data.Common;
using System.Text.Json;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Tool.Commands;

namespace FastTrainLog.Query;

/// <summary>Writes rows as an array of JSON objects, one per line; NaN and infinities are strings.</summary>
internal sealed class JsonResult(TextWriter output) : ResultWriter
{
    private static readonly JsonSerializerOptions Options = new(JsonOption.Indented) { WriteIndented = false };

    public override void Write(DbDataReader reader, CancellationToken cancellation)
    {
        string[] names = NamesOf(reader);
        string separator = "[";
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            var row = new Dictionary<string, object?>();
            for (int i = 0; i < names.Length; i++)
            {
                row[names[i]] = reader.GetValue(i) switch
                {
                    DBNull => null,
                    bool or int or long or double or float => reader.GetValue(i),
                    var value => Text(value),
                };
            }

            output.WriteLine(separator);
            output.Write(ShownText.Json(JsonSerializer.Serialize(row, Options)));
            separator = ",";
        }

        output.WriteLine(separator == "[" ? "[]" : Environment.NewLine + "]");
    }
}
