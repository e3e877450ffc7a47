using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The configuration of a run, from its start record; nested values are separate entries with their full names.</summary>
internal sealed class RunConfiguration
{
    private const int MostValues = 256;
    private const int LongestValue = 1024;

    // A resumed run has several start records.
    private readonly Dictionary<string, string> _values = [];
    private string? _title;
    private string? _group;
    private string? _tags;

    public string? Title => _title;

    public string? Group => _group;

    public IReadOnlyList<string> Tags => _tags?.Split(", ") ?? [];

    public IReadOnlyDictionary<string, string> Values => _values;

    public void Read(in StoredRecord record)
    {
        (_title, _group, _tags) = (record.GetText("RunName"u8), record.GetText("Group"u8), record.GetText("Tags"u8));
        _values.Clear();
        foreach (StoredField field in record.Properties)
        {
            if (field.Utf8Name.SequenceEqual("RunId"u8) || field.Utf8Name.SequenceEqual("Rank"u8) || field.Utf8Name.SequenceEqual("RunName"u8) || field.Utf8Name.SequenceEqual("FromStep"u8))
            {
                continue;
            }

            // Configuration values keep the names that the program gave them.
            Add(field.Utf8Name.SequenceEqual("config"u8) ? string.Empty : field.GetName(), field);
        }
    }

    public void Carry(StateCodec codec)
    {
        codec.Text(ref _title);
        codec.Text(ref _group);
        codec.Text(ref _tags);
        codec.Dictionary(_values, codec.Text, (_, value) => codec.Text(value));
    }

    private void Add(string name, in StoredField field)
    {
        if (field.Kind == JsonTokenType.StartObject)
        {
            foreach (StoredField inner in field.GetFields())
            {
                Add(name.Length == 0 ? inner.GetName() : $"{name}.{inner.GetName()}", inner);
            }
        }
        else if (_values.Count < MostValues && field.GetText() is { } text)
        {
            _values[name] = text.Length <= LongestValue ? text : text[..LongestValue];
        }
    }
}
