using System.Text;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>A line of parts, each with its tone, with a known width in columns.</summary>
internal sealed class StyledLine
{
    private readonly List<(string Text, Tone Tone)> _parts = [];

    /// <summary>Gets its width in columns.</summary>
    public int Width { get; private set; }

    /// <summary>Adds a part.</summary>
    public StyledLine Add(string text, Tone tone = Tone.Plain)
    {
        if (text.Length > 0)
        {
            _parts.Add((text, tone));
            Width += CellWidth.Of(text);
        }

        return this;
    }

    /// <summary>Adds a right-aligned text that ends at a column, or follows after one space if it is too long.</summary>
    public StyledLine AddRight(string text, int endColumn, Tone tone = Tone.Plain) =>
        PadTo(Math.Max(Width + (Width > 0 ? 1 : 0), endColumn - CellWidth.Of(text))).Add(text, tone);

    /// <summary>Adds spaces up to a column.</summary>
    public StyledLine PadTo(int column)
    {
        if (column > Width)
        {
            Add(new string(' ', column - Width));
        }

        return this;
    }

    /// <summary>Returns the line as one or more of at most so many columns, broken at blanks; a longer word stays whole.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="indent">The blanks that further lines begin with.</param>
    public IEnumerable<StyledLine> Wrap(int columns, int indent)
    {
        if (Width <= columns)
        {
            return [this];
        }

        List<StyledLine> lines = [new()];
        foreach ((string text, Tone tone) in _parts)
        {
            string[] words = text.Split(' ');
            for (int i = 0; i < words.Length; i++)
            {
                string word = words[i];
                StyledLine line = lines[^1];
                if (i > 0)
                {
                    line.Add(" ");
                }

                if (word.Length > 0 && line.Width > indent && line.Width + CellWidth.Of(word) > columns)
                {
                    lines.Add(line = new StyledLine().PadTo(indent));
                }

                line.Add(word, tone);
            }
        }

        return lines;
    }

    /// <summary>Writes the line, truncated to a number of columns.</summary>
    public void Write(StringBuilder to, bool colors, int columns = int.MaxValue)
    {
        int left = columns;
        foreach ((string text, Tone tone) in _parts)
        {
            string part = left == int.MaxValue ? text : CellWidth.Fit(text, left);
            string color = colors ? Color(tone) : string.Empty;
            to.Append(color).Append(part).Append(color.Length > 0 ? "\e[0m" : string.Empty);
            if (left != int.MaxValue)
            {
                left -= CellWidth.Of(part);
                if (part.Length < text.Length || left <= 0)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Returns the line without colours.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, colors: false);
        return text.ToString();
    }

    private static string Color(Tone tone) => tone switch
    {
        Tone.Quiet => "\e[2m",
        Tone.Progress => "\e[36m",
        Tone.Good => "\e[32m",
        Tone.Warning => "\e[33m",
        Tone.Bad => "\e[31m",
        _ => string.Empty,
    };
}
