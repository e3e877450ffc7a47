using System.Text;

namespace FastTrainLog.Tests.Shared;

/// <summary>The lines that a process has written so far. Thread-safe: they come on other threads than the one that looks at them.</summary>
internal sealed class ProcessText
{
    private readonly StringBuilder _text = new();

    /// <summary>Appends a line; null, which says that the stream has ended, is none.</summary>
    public void Append(string? line)
    {
        if (line is not null)
        {
            lock (_text)
            {
                _text.Append(line).Append('\n');
            }
        }
    }

    public override string ToString()
    {
        lock (_text)
        {
            return _text.ToString();
        }
    }
}
