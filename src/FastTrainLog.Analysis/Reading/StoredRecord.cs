using System.Text;
using System.Text.Json;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Reading;

/// <summary>A record from a file of JSON lines.</summary>
/// <remarks>Valid until its reader continues to the next one. Nothing is converted to an object before it is requested.</remarks>
public readonly ref struct StoredRecord
{
    private readonly RecordTable _table;
    private readonly NameTable _names;

    internal StoredRecord(RecordTable table, NameTable names, ReadOnlySpan<byte> json, LogFile file, long line)
    {
        _table = table;
        _names = names;
        Utf8Json = json;
        File = file;
        Line = line;
    }

    /// <summary>Gets the time in UTC.</summary>
    public DateTime Time => new(_table.Ticks, DateTimeKind.Utc);

    /// <summary>Gets the file that it is in.</summary>
    public LogFile File { get; }

    /// <summary>Gets the number of its line in the file, from 1.</summary>
    public long Line { get; }

    /// <summary>Gets the complete line, without the line feed.</summary>
    public ReadOnlySpan<byte> Utf8Json { get; }

    /// <summary>Gets the level; <see cref="LogLevel.None"/> if the name is unknown.</summary>
    public LogLevel Level => _table.Level(Utf8Json);

    /// <summary>Gets the name of the logger.</summary>
    public string Category => _table.Category(Utf8Json, _names);

    /// <summary>Gets the number of the event, 0 if it has none.</summary>
    public int EventId => _table.EventId(Utf8Json);

    /// <summary>Gets the name of the event, or null.</summary>
    public string? EventName => TryGetOwn("event"u8, out StoredField name) && name.Kind == JsonTokenType.String ? _names.Get(name.Utf8Value) : null;

    /// <summary>Gets the number of its event in <see cref="TrainingEvents"/>; 0 if it is none, even if its number is equal to one: other programs may use the same numbers in other categories.</summary>
    public int TrainingEvent => _table.TrainingEvent(Utf8Json, _names);

    /// <summary>Gets the number of the training step that it is the record of, as defined by <see cref="TrainingPhases.StepOf"/>; null if it is not the record of one.</summary>
    internal long? TrainingStep => _table.TrainingStep(Utf8Json, _names);

    /// <summary>Gets whether the record of a step is of a phase that does not train the model, so that its numbers and loss are not comparable.</summary>
    internal bool IsOfOtherPhase => _table.IsOfOtherPhase(Utf8Json);

    /// <summary>Gets the managed thread that logged it, 0 if that is not recorded.</summary>
    public int Thread => TryGetOwn("thread"u8, out StoredField thread) && thread.TryGetInt64(out long value) && value == (int)value ? (int)value : 0;

    /// <summary>Gets the number of its log in the directory: 1, or more if several processes logged to the same directory.</summary>
    public int Log => File.Log;

    internal NameTable Names => _names;

    /// <summary>Gets where its members are.</summary>
    internal RecordTable Table => _table;

    /// <summary>Gets the layout of the line, which has all that its <see cref="LineLayout"/> says in common with others; null if it has none.</summary>
    internal LineLayout? Layout => _table.Layout;

    /// <summary>Returns the places of numbers by their names, for <see cref="NumberAt"/>.</summary>
    internal int[] PlacesOf(FieldNames names) => _table.Layout is { } layout ? layout.PlacesOf(names, _table, Utf8Json) : _table.PlacesOf(Utf8Json, names);

    /// <summary>Reads the number at a place; null if there is none.</summary>
    internal double? NumberAt(int place) => _table.NumberAt(Utf8Json, place);

    /// <summary>Gets the arguments.</summary>
    public StoredFields Properties => new(Utf8Json, _table, areProperties: true);

    /// <summary>Returns the message, reconstructed from its template and the arguments if the line omits it (<see cref="JsonMessageForm.Template"/>).</summary>
    /// <returns>The message; if it cannot be reconstructed, because the line was changed, the template.</returns>
    public string GetMessage()
    {
        if (TryGetOwn("message"u8, out StoredField message))
        {
            return message.GetText() ?? string.Empty;
        }

        if (!TryGetOwn("template"u8, out StoredField template) || template.Kind != JsonTokenType.String)
        {
            return string.Empty;
        }

        string text = _names.Get(template.Utf8Value);
        _names.Message.Clear();
        return _names.Messages.TryAppend(_names.Message, text, TryGetOwn("properties"u8, out StoredField properties) ? properties.Utf8Value : "{}"u8)
            ? Encoding.UTF8.GetString(_names.Message.Written)
            : text;
    }

    /// <summary>Gets the members of the record itself, in the order of the line.</summary>
    internal StoredFields Own => new(Utf8Json, _table, areProperties: false);

    /// <summary>Finds a member of the record itself, such as <c>message</c> or <c>exception</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="field">The member.</param>
    public bool TryGetOwn(ReadOnlySpan<byte> name, out StoredField field) => _table.TryFindOwn(Utf8Json, name, out field);

    /// <summary>Finds an argument.</summary>
    internal bool TryGetProperty(ReadOnlySpan<byte> name, out StoredField field) => _table.TryFindProperty(Utf8Json, name, out field);

    /// <summary>Finds an argument, or else a member of the record itself.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="field">The argument.</param>
    public bool TryGet(ReadOnlySpan<byte> name, out StoredField field) => _table.TryFind(Utf8Json, name, out field);

    /// <summary>Reads a number.</summary>
    /// <param name="name">Its argument's name.</param>
    /// <returns>The number, or null if there is none.</returns>
    public double? GetDouble(ReadOnlySpan<byte> name) => _table.FindNumber(Utf8Json, name);

    /// <summary>Reads an integer.</summary>
    /// <param name="name">Its argument's name.</param>
    /// <returns>The integer, or null if there is none.</returns>
    public long? GetInt64(ReadOnlySpan<byte> name) => TryGet(name, out StoredField field) && field.TryGetInt64(out long value) ? value : null;

    /// <summary>Reads a text.</summary>
    /// <param name="name">Its argument's name.</param>
    /// <returns>The text, or null if there is none.</returns>
    public string? GetText(ReadOnlySpan<byte> name) => TryGet(name, out StoredField field) ? field.GetText() : null;
}
