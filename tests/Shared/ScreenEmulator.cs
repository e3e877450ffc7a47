using System.Globalization;
using System.Text;

namespace FastTrainLog.Tests.Shared;

/// <summary>A terminal: what a person sees of the bytes that a program writes, with the wrapping, the scrolling and the sequences that terminals have in common.</summary>
internal sealed class ScreenEmulator
{
    private readonly List<Row> _history = [];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _pending = new();
    private List<Row> _rows = [];
    private int _row;
    private int _column;
    private bool _wraps;
    private (int Row, int Column) _saved;
    private string _color = string.Empty;

    public ScreenEmulator(int columns, int rows)
    {
        (Columns, Rows) = (columns, rows);
        _rows = [.. Enumerable.Range(0, rows).Select(_ => new Row(columns))];
    }

    public int Columns { get; private set; }

    public int Rows { get; }

    /// <summary>Gets where the cursor is.</summary>
    public (int Row, int Column) Cursor => (_row, _column);

    /// <summary>Gets all lines from the first that was written, those that scrolled away too, without blanks at their ends and without the empty ones at the end.</summary>
    public string[] Lines
    {
        get
        {
            string[] lines = [.. _history.Concat(_rows).Select(row => row.ToString())];
            return lines[..(Array.FindLastIndex(lines, line => line.Length > 0) + 1)];
        }
    }

    public string Text => string.Join('\n', Lines);

    /// <summary>Gets the line that the cursor is on, counted as <see cref="Lines"/> are.</summary>
    public int CursorLine => _history.Count + _row;

    /// <summary>Returns the parts of a line that have a colour, each with the parameters of its sequence.</summary>
    public (string Color, string Text)[] Colored(int line)
    {
        Row row = _history.Concat(_rows).ElementAt(line);
        var parts = new List<(string Color, string Text)>();
        foreach ((string text, string color) in row.Cells)
        {
            if (parts.Count > 0 && parts[^1].Color == color)
            {
                parts[^1] = (color, parts[^1].Text + text);
            }
            else
            {
                parts.Add((color, text));
            }
        }

        return [.. parts.Select(part => (part.Color, Text: part.Text.Trim())).Where(part => part is { Color.Length: > 0, Text.Length: > 0 })];
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        char[] chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        int count = _decoder.GetChars(bytes, chars, flush: false);
        _pending.Append(chars, 0, count);
        string text = _pending.ToString();
        _pending.Clear();
        int at = 0;
        while (at < text.Length)
        {
            int length = Take(text.AsSpan(at));
            if (length == 0)
            {
                // The rest of a sequence is still to come.
                _pending.Append(text, at, text.Length - at);
                return;
            }

            at += length;
        }
    }

    /// <summary>Changes the width as terminals do that wrap their lines anew: the cursor stays at its character.</summary>
    public void Reflow(int columns)
    {
        var lines = new List<(List<(string, string)> Cells, int CursorAt)>();
        bool continues = false;
        for (int i = 0; i < _rows.Count; i++)
        {
            List<(string, string)> cells = [.. _rows[i].Cells];
            if (!_rows[i].Wraps)
            {
                cells.RemoveRange(_rows[i].Used, cells.Count - _rows[i].Used);
            }

            int cursor = i == _row ? _column : -1;
            if (continues)
            {
                int before = lines[^1].Cells.Count;
                lines[^1].Cells.AddRange(cells);
                lines[^1] = (lines[^1].Cells, cursor >= 0 ? before + cursor : lines[^1].CursorAt);
            }
            else
            {
                lines.Add((cells, cursor));
            }

            continues = _rows[i].Wraps;
        }

        // Empty rows below everything make place.
        while (lines.Count > 1 && lines[^1] is { Cells.Count: 0, CursorAt: < 0 })
        {
            lines.RemoveAt(lines.Count - 1);
        }

        Columns = columns;
        _rows = [];
        foreach ((List<(string Text, string Color)> cells, int cursor) in lines)
        {
            int count = Math.Max(1, (cells.Count + columns - 1) / columns);
            for (int part = 0; part < count; part++)
            {
                var row = new Row(columns) { Wraps = part < count - 1 };
                for (int cell = 0; cell < columns && (part * columns) + cell < cells.Count; cell++)
                {
                    row.Cells[cell] = cells[(part * columns) + cell];
                }

                if (cursor >= 0 && cursor / columns == part)
                {
                    (_row, _column) = (_rows.Count, cursor % columns);
                }

                _rows.Add(row);
            }
        }

        while (_rows.Count > Rows)
        {
            _history.Add(_rows[0]);
            _rows.RemoveAt(0);
            _row--;
        }

        while (_rows.Count < Rows)
        {
            _rows.Add(new Row(columns));
        }

        _wraps = false;
    }

    private int Take(ReadOnlySpan<char> text)
    {
        switch (text[0])
        {
            case '\r':
                (_column, _wraps) = (0, false);
                return 1;
            case '\n':
                Index();
                return 1;
            case '\b':
                _column = Math.Max(0, _column - 1);
                return 1;
            case '\a':
                return 1;
            case '\e':
                return TakeEscape(text);
            default:
                if (char.IsHighSurrogate(text[0]) && text.Length == 1)
                {
                    return 0;
                }

                Rune.DecodeFromUtf16(text, out Rune rune, out int length);
                Put(rune);
                return length;
        }
    }

    private int TakeEscape(ReadOnlySpan<char> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        switch (text[1])
        {
            case '7':
                _saved = (_row, _column);
                return 2;
            case '8':
                (_row, _column, _wraps) = (_saved.Row, _saved.Column, false);
                return 2;
            case 'D':
                Index();
                return 2;
            case '[':
                int end = 2;
                while (end < text.Length && text[end] is < '@' or > '~')
                {
                    end++;
                }

                if (end == text.Length)
                {
                    return 0;
                }

                Control(text[2..end].ToString(), text[end]);
                return end + 1;
            case '=' or '>':
                return 2;
            default:
                throw new InvalidDataException($"The program wrote ESC {text[1]}, which not every terminal knows.");
        }
    }

    private void Control(string parameters, char final)
    {
        int number = int.TryParse(parameters, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
        switch (final)
        {
            case 'm':
                _color = parameters is "" or "0" ? string.Empty : parameters;
                break;
            case 'A':
                _row = Math.Max(0, _row - Math.Max(1, number));
                _wraps = false;
                break;
            case 'K':
                _rows[_row].Clear(_column);
                break;
            case 'J':
                _rows[_row].Clear(_column);
                for (int row = _row + 1; row < Rows; row++)
                {
                    _rows[row].Clear(0);
                }

                break;
            case 'h' or 'l' when parameters.StartsWith('?'):
                break;
            default:
                throw new InvalidDataException($"The program wrote CSI {parameters}{final}, which this terminal does not know.");
        }
    }

    private void Put(Rune rune)
    {
        int width = WidthOf(rune);
        if (width == 0)
        {
            return;
        }

        if (_wraps || _column + width > Columns)
        {
            _rows[_row].Wraps = true;
            _column = 0;
            Index();
        }

        _rows[_row].Cells[_column] = (rune.ToString(), _color);
        if (width == 2)
        {
            _rows[_row].Cells[_column + 1] = (string.Empty, _color);
        }

        _column += width;
        if (_column >= Columns)
        {
            (_column, _wraps) = (Columns - 1, true);
        }
    }

    private void Index()
    {
        _wraps = false;
        if (_row < Rows - 1)
        {
            _row++;
            return;
        }

        _history.Add(_rows[0]);
        _rows.RemoveAt(0);
        _rows.Add(new Row(Columns));
    }

    private static int WidthOf(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0
        : rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1F64F) ? 2
        : 1;

    private sealed class Row(int columns)
    {
        public (string Text, string Color)[] Cells { get; } = [.. Enumerable.Repeat((" ", string.Empty), columns)];

        public bool Wraps { get; set; }

        public int Used => Array.FindLastIndex(Cells, cell => cell.Text != " ") + 1;

        public void Clear(int from)
        {
            Array.Fill(Cells, (" ", string.Empty), from, Cells.Length - from);
            Wraps = false;
        }

        public override string ToString() => string.Concat(Cells.Select(cell => cell.Text)).TrimEnd();
    }
}
