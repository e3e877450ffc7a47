using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Collects the errors: every record from Warning on.</summary>
internal sealed class ErrorCollector
{
    private const int MostPatterns = 200;

    private readonly Dictionary<(string Event, string Logger, LogLevel Level, string? Category, string? Operation, string? Exception), ErrorGroup> _groups = [];
    private readonly SortedDictionary<string, long> _categories = new(StringComparer.Ordinal);
    private long _warnings;
    private long _errors;
    private long _criticals;
    private long _others;

    public void Add(in StoredRecord record, long? latestStep)
    {
        LogLevel level = record.Level;
        if (level is < LogLevel.Warning or LogLevel.None)
        {
            return;
        }

        _warnings += level == LogLevel.Warning ? 1 : 0;
        _errors += level == LogLevel.Error ? 1 : 0;
        _criticals += level == LogLevel.Critical ? 1 : 0;

        bool hasContext = record.TrainingEvent == TrainingEvents.ErrorWithContext;
        string? category = hasContext ? record.GetText("Category"u8) : null;
        if (category is not null)
        {
            _categories[category] = _categories.GetValueOrDefault(category) + 1;
        }

        var key = (
            record.EventName ?? record.EventId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            record.Category,
            level,
            category,
            hasContext ? record.GetText("Operation"u8) : null,
            ExceptionType(record));
        if (!_groups.TryGetValue(key, out ErrorGroup? group))
        {
            if (_groups.Count == MostPatterns)
            {
                _others++;
                return;
            }

            group = new ErrorGroup((hasContext ? record.GetText("Error"u8) : null) ?? record.GetMessage(), record.GetText("Suggestion"u8));
            _groups.Add(key, group);
        }

        group.Add(record, RecordStep.Of(record) ?? latestStep);
    }

    public void Carry(StateCodec codec)
    {
        codec.Dictionary(
            _groups,
            key =>
            {
                (string? category, string? operation, string? exception) = (key.Category, key.Operation, key.Exception);
                string name = codec.Text(key.Event);
                string logger = codec.Text(key.Logger);
                LogLevel level = codec.Value(key.Level);
                codec.Text(ref category);
                codec.Text(ref operation);
                codec.Text(ref exception);
                return (name, logger, level, category, operation, exception);
            },
            (_, group) => ErrorGroup.Carry(codec, group));
        codec.Dictionary(_categories, codec.Text, (_, count) => codec.Value(count));
        codec.Value(ref _warnings);
        codec.Value(ref _errors);
        codec.Value(ref _criticals);
        codec.Value(ref _others);
    }

    public ErrorFigures ToFigures(TimeSpan duration, long steps)
    {
        long count = _warnings + _errors + _criticals;
        ErrorPattern[] patterns =
        [
            .. _groups.OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Value.First).Select(pair => pair.Value.ToPattern(
                pair.Key.Event, pair.Key.Logger, StoredLevels.Name(pair.Key.Level), pair.Key.Category, pair.Key.Operation, pair.Key.Exception, steps)),
        ];
        return new ErrorFigures(
            _warnings,
            _errors,
            _criticals,
            steps > 0 ? 1000.0 * count / steps : null,
            duration > TimeSpan.Zero ? count / duration.TotalHours : 0.0,
            _categories,
            patterns,
            _others);
    }

    private static string? ExceptionType(in StoredRecord record)
    {
        if (record.TryGetOwn("exception"u8, out StoredField exception))
        {
            foreach (StoredField member in exception.GetFields())
            {
                if (member.Utf8Name.SequenceEqual("type"u8))
                {
                    return record.Names.Get(member.Utf8Value);
                }
            }
        }

        return null;
    }
}
