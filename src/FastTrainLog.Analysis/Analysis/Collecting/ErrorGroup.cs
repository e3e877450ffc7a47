using System.Globalization;
using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Similar errors, and what their contexts have in common.</summary>
internal sealed class ErrorGroup(string example, string? suggestion)
{
    private const int MostContext = 16;

    private readonly SortedDictionary<string, CommonValue> _context = new(StringComparer.Ordinal);
    private long? _firstStep;
    private DateTime _last;
    private long? _lastStep;
    private long _recovered;

    public string Example => example;

    public string? Suggestion => suggestion;

    public long Count { get; private set; }

    public DateTime First { get; private set; }

    public void Add(in StoredRecord record, long? step)
    {
        if (Count++ == 0)
        {
            First = record.Time;
            _firstStep = step;
        }

        _last = record.Time;
        _lastStep = step;
        _recovered += record.TryGet("Recovered"u8, out StoredField recovered) && recovered.Kind == System.Text.Json.JsonTokenType.True ? 1 : 0;
        if (record.TryGet("Context"u8, out StoredField context))
        {
            foreach (StoredField field in context.GetFields())
            {
                AddContext(field);
            }
        }
    }

    public static ErrorGroup Carry(StateCodec codec, ErrorGroup? known)
    {
        string example = codec.Text(known?.Example);
        string? suggestion = known?.Suggestion;
        codec.Text(ref suggestion);
        ErrorGroup group = known ?? new ErrorGroup(example, suggestion);
        codec.Dictionary(group._context, codec.Text, (_, value) => value.Carry(codec));
        codec.Value(ref group._firstStep);
        codec.Value(ref group._last);
        codec.Value(ref group._lastStep);
        codec.Value(ref group._recovered);
        group.Count = codec.Value(group.Count);
        group.First = codec.Value(group.First);
        return group;
    }

    public ErrorPattern ToPattern(string name, string logger, string level, string? category, string? operation, string? exception, long steps) => new(
        name,
        logger,
        level,
        category,
        operation,
        exception,
        Count,
        steps > 0 ? 1000.0 * Count / steps : null,
        First,
        _firstStep,
        _last,
        _lastStep,
        _recovered,
        _context.Where(pair => pair.Value.Count == Count && pair.Value.Text is not null).ToDictionary(pair => pair.Key, pair => pair.Value.Text!),
        Suggestion,
        Example);

    private void AddContext(in StoredField field)
    {
        string name = field.GetName();
        if (!_context.TryGetValue(name, out CommonValue value))
        {
            // A value that the first error does not have is not common to all.
            if (Count > 1 || _context.Count == MostContext)
            {
                return;
            }
        }

        _context[name] = field.TryGetDouble(out double number) ? value.With(number) : value.With(field.GetText() ?? "null");
    }

    /// <summary>The common value, or the range of the numbers; no text if there is neither.</summary>
    private readonly record struct CommonValue(long Count, string? Same, double Least, double Greatest)
    {
        public string? Text => Same ?? (double.IsNaN(Least) ? null
            : Least == Greatest ? Least.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Least} to {Greatest}"));

        public CommonValue Carry(StateCodec codec)
        {
            long count = codec.Value(Count);
            string? same = Same;
            codec.Text(ref same);
            return new CommonValue(count, same, codec.Value(Least), codec.Value(Greatest));
        }

        public CommonValue With(double number) => Count == 0 ? new(1, null, number, number)
            : new(Count + 1, null, Math.Min(Least, number), Math.Max(Greatest, number));

        public CommonValue With(string text) => new(Count + 1, Count == 0 || Same == text ? text : null, double.NaN, double.NaN);
    }
}
