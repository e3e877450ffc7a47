using System.Text;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes indented lines of code.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(line);
        }

        _text.Append('\n');
    }

    /// <summary>Writes lines one level deeper.</summary>
    public void Indented(string line)
    {
        _depth++;
        Line(line);
        _depth--;
    }

    /// <summary>Writes a line, if there is one, and an opening brace.</summary>
    public void Open(string? line = null)
    {
        if (line is not null)
        {
            Line(line);
        }

        Line("{");
        _depth++;
    }

    public void Close(string end = "}")
    {
        _depth--;
        Line(end);
    }

    /// <summary>Writes an if statement with a body of one line.</summary>
    public void If(string condition, string then)
    {
        Open($"if ({condition})");
        Line(then);
        Close();
    }

    public override string ToString() => _text.ToString();
}
