using System.Buffers;
using System.Data.Common;
using System.Text;
using FastTrainLog.Tool.Export.Csv;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Query;

/// <summary>Writes rows as comma-separated values according to RFC 4180, with the rules of <c>export --format csv</c>.</summary>
internal sealed class CsvResult(TextWriter output) : ResultWriter
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(",\"\r\n");

    private readonly Utf8Buffer _buffer = new();

    public override void Write(DbDataReader reader, CancellationToken cancellation)
    {
        WriteRow(NamesOf(reader).Select(Quoted));
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            WriteRow(Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is var value && value is string text ? Quoted(text) : Text(value) ?? string.Empty));
        }
    }

    private void WriteRow(IEnumerable<string> cells)
    {
        output.Write(string.Join(',', cells));
        output.Write("\r\n");
    }

    private string Quoted(string text)
    {
        _buffer.Clear();
        CsvText.Append(_buffer, text);
        string safe = Encoding.UTF8.GetString(_buffer.Written);
        return safe.AsSpan().ContainsAny(NeedsQuotes) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
