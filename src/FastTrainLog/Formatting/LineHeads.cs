using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Formatting;

/// <summary>What is in a line for a category and a level, written once for each pair.</summary>
internal sealed class LineHeads(Action<Utf8Buffer, string, LogLevel> write)
{
    private readonly Dictionary<(string Category, LogLevel Level), Utf8Literal> _heads = [];
    private string? _lastCategory;
    private LogLevel _lastLevel;
    private Utf8Literal _last;

    public Utf8Literal Of(string category, LogLevel level)
    {
        // Successive records often have one category, and hashing its name costs as much as writing a number.
        if (ReferenceEquals(category, _lastCategory) && level == _lastLevel)
        {
            return _last;
        }

        if (!_heads.TryGetValue((category, level), out Utf8Literal head))
        {
            var buffer = new Utf8Buffer(64);
            write(buffer, category, level);
            head = new Utf8Literal(buffer.Written);
            _heads.Add((category, level), head);
        }

        (_lastCategory, _lastLevel) = (category, level);
        return _last = head;
    }
}
