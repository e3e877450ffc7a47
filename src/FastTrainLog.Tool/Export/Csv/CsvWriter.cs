using System.Buffers;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Tool.Export.Csv;

/// <summary>Writes comma-separated values by RFC 4180: UTF-8, lines that end in CR LF, quotes where a value holds a comma, a quote or a line's end.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class CsvWriter : IDisposable
{
    private static readonly SearchValues<byte> NeedsQuotes = SearchValues.Create(",\"\r\n"u8);

    private readonly BufferedStream _stream;
    private readonly Utf8Buffer _text = new();
    private bool _isFirst = true;

    public CsvWriter(Stream stream) => _stream = new BufferedStream(stream, 64 * 1024);

    /// <summary>Gets the number of rows that were ended, the header's too.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds a text, harmless on a terminal and in a spreadsheet.</summary>
    public void AddText(string? value)
    {
        _text.Clear();
        CsvText.Append(_text, value);
        Add(_text.Written);
    }

    /// <summary>Adds an object or a list, which stays JSON.</summary>
    public void AddJson(ReadOnlySpan<byte> json)
    {
        _text.Clear();
        EscapedText.Append<JsonEscape>(_text, json);
        Add(_text.Written);
    }

    /// <summary>Adds a value as it is: a number, a time.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (!_isFirst)
        {
            _stream.WriteByte((byte)',');
        }

        _isFirst = false;
        if (!value.ContainsAny(NeedsQuotes))
        {
            _stream.Write(value);
            return;
        }

        _stream.WriteByte((byte)'"');
        int quote;
        while ((quote = value.IndexOf((byte)'"')) >= 0)
        {
            _stream.Write(value[..(quote + 1)]);
            _stream.WriteByte((byte)'"');
            value = value[(quote + 1)..];
        }

        _stream.Write(value);
        _stream.WriteByte((byte)'"');
    }

    public void EndRow()
    {
        _stream.Write("\r\n"u8);
        _isFirst = true;
        Rows++;
    }

    public void Dispose() => _stream.Dispose();
}
