using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Reading;

/// <summary>The positions of the members of one JSON line, so that each is converted to a value only on request.</summary>
/// <remarks>One table is reused for every line, without allocations.</remarks>
internal sealed class RecordTable
{
    private const string NotUtf8 = "it is not UTF-8";
    private const string NotJson = "it is not a complete JSON object";
    private const string NotARecord = "it has no timestamp, so it is not a record of a log";

    private readonly RecordMembers _own = new();
    private readonly RecordMembers _properties = new();
    private readonly LineLayouts? _layouts;
    private string? _category;
    private int? _eventId;
    private LogLevel? _level;
    private int? _trainingEvent;
    private (bool IsKnown, long? Step) _trainingStep;

    /// <param name="layouts">The layouts of the lines read before; null if each line is read for itself.</param>
    public RecordTable(LineLayouts? layouts = null) => _layouts = layouts;

    /// <summary>The place of a member that is not there.</summary>
    public const int Nowhere = int.MinValue;

    /// <summary>Gets the layout of the line; null if it has none.</summary>
    public LineLayout? Layout { get; private set; }

    /// <summary>Gets the time in UTC, in ticks.</summary>
    public long Ticks { get; private set; }

    /// <summary>Reads a line.</summary>
    /// <returns>A description of the fault, or null.</returns>
    public string? Read(ReadOnlySpan<byte> line)
    {
        Clear();
        (_category, _eventId, _level, _trainingEvent, _trainingStep) = (null, null, null, null, default);
        if (!Utf8.IsValid(line))
        {
            return NotUtf8;
        }

        if (TryReadByLayout(line) || TryReadTokens(line))
        {
            return ReadTime(line) ? null : NotARecord;
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return NotJson;
            }

            ReadMembers(ref reader, _own);
            if (reader.Read())
            {
                return NotJson;
            }
        }
        catch (JsonException)
        {
            return NotJson;
        }

        return ReadTime(line) ? null : NotARecord;
    }

    /// <summary>Takes over what another table knows of a line, so that the line need not be read again.</summary>
    public void Take(RecordTable other)
    {
        _own.Take(other._own);
        _properties.Take(other._properties);
        (_category, _eventId, _level, _trainingEvent, _trainingStep) = (other._category, other._eventId, other._level, other._trainingEvent, other._trainingStep);
        Layout = other.Layout;
        Ticks = other.Ticks;
    }

    /// <summary>Returns the record's logger; this and the next four are requested often, so each is looked up once, and for all lines of a layout.</summary>
    public string Category(ReadOnlySpan<byte> line, NameTable names) => Layout is { } layout ? layout.Category ??= ReadCategory(line, names) : _category ??= ReadCategory(line, names);

    public int EventId(ReadOnlySpan<byte> line) => Layout is { } layout ? layout.EventId ??= ReadEventId(line) : _eventId ??= ReadEventId(line);

    public LogLevel Level(ReadOnlySpan<byte> line) => Layout is { } layout ? layout.Level ??= ReadLevel(line) : _level ??= ReadLevel(line);

    public int TrainingEvent(ReadOnlySpan<byte> line, NameTable names) =>
        Layout is { } layout ? layout.TrainingEvent ??= ReadTrainingEvent(line, names) : _trainingEvent ??= ReadTrainingEvent(line, names);

    public long? TrainingStep(ReadOnlySpan<byte> line, NameTable names)
    {
        if (!_trainingStep.IsKnown)
        {
            long? number = TrainingEvent(line, names) == TrainingEvents.Step && TryFind(line, "Step"u8, out StoredField step) && step.TryGetInt64(out long value) ? value : null;
            _trainingStep = (true, number is null ? null : TrainingPhases.StepOf(TrainingEvents.Step, number, !IsOfOtherPhase(line)));
        }

        return _trainingStep.Step;
    }

    /// <summary>Returns whether the record of a step is of a phase that does not train the model.</summary>
    public bool IsOfOtherPhase(ReadOnlySpan<byte> line) => TryFind(line, "Phase"u8, out StoredField phase) && !phase.Utf8Value.SequenceEqual("training"u8) && !TrainingPhases.Trains(phase.Utf8Value);

    /// <summary>Finds a member of the record itself.</summary>
    public bool TryFindOwn(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out StoredField field) => _own.TryFind(line, name, out field);

    /// <summary>Finds a property.</summary>
    public bool TryFindProperty(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out StoredField field) => _properties.TryFind(line, name, out field);

    /// <summary>Gets a property, or a member of the record itself, by its place among them.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryGetAt(ReadOnlySpan<byte> line, bool isProperty, int index, out StoredField field) => (isProperty ? _properties : _own).TryGetAt(line, index, out field);

    /// <summary>Finds a property, or else a member of the record itself.</summary>
    public bool TryFind(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out StoredField field) =>
        _properties.TryFind(line, name, out field) || _own.TryFind(line, name, out field);

    /// <summary>Finds a property, or else a member of the record itself, and reads it as a number.</summary>
    public double? FindNumber(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) => NumberAt(line, PlaceOf(line, name));

    /// <summary>Returns the place of a property, or else of a member of the record itself, which is the same in all lines of a layout.</summary>
    public int PlaceOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        _properties.IndexOf(line, name) is >= 0 and var property ? property : _own.IndexOf(line, name) is >= 0 and var own ? ~own : Nowhere;

    /// <summary>Returns the places of members, those of a layout or of this line alone.</summary>
    public int[] PlacesOf(ReadOnlySpan<byte> line, FieldNames names)
    {
        int[] places = new int[names.Utf8.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = PlaceOf(line, names.Utf8[i]);
        }

        return places;
    }

    /// <summary>Reads the number at a place; null if there is none.</summary>
    public double? NumberAt(ReadOnlySpan<byte> line, int place)
    {
        if (place == Nowhere)
        {
            return null;
        }

        // The same numbers are asked for by the figures and by the series.
        ref RecordMember member = ref place >= 0 ? ref _properties.All[place] : ref _own.All[~place];
        if (member.Number == NumberState.Unknown)
        {
            member.Number = new StoredField([], line.Slice(member.Value, member.ValueLength), member.Kind).TryGetDouble(out member.Double) ? NumberState.Known : NumberState.None;
        }

        return member.Number == NumberState.Known ? member.Double : null;
    }

    private string ReadCategory(ReadOnlySpan<byte> line, NameTable names) => TryFindOwn(line, "logger"u8, out StoredField logger) ? names.Get(logger.Utf8Value) : string.Empty;

    // The second name is that of lines before version 2.
    private int ReadEventId(ReadOnlySpan<byte> line) =>
        (TryFindOwn(line, "event_id"u8, out StoredField id) || TryFindOwn(line, "eventId"u8, out id)) && id.TryGetInt64(out long value) && value == (int)value ? (int)value : 0;

    private LogLevel ReadLevel(ReadOnlySpan<byte> line) => TryFindOwn(line, "level"u8, out StoredField level) ? StoredLevels.Read(level.Utf8Value) : LogLevel.None;

    private int ReadTrainingEvent(ReadOnlySpan<byte> line, NameTable names) =>
        TryFindOwn(line, "event"u8, out StoredField name) && TrainingEventOrigins.IsOfRun(EventId(line), Category(line, names), name.Utf8Value) ? EventId(line) : 0;

    private void Clear()
    {
        _own.Clear();
        _properties.Clear();
        Layout = null;
    }

    private bool TryReadByLayout(ReadOnlySpan<byte> line)
    {
        for (int i = 0; i < _layouts?.Count; i++)
        {
            LineLayout layout = _layouts[i];
            if (LineTokens.TryRead(line, layout, _own, _properties))
            {
                _layouts.Use(i);
                Layout = layout;
                return true;
            }

            Clear();
        }

        return false;
    }

    private bool TryReadTokens(ReadOnlySpan<byte> line)
    {
        if (!LineTokens.TryRead(line, _own, _properties))
        {
            Clear();
            return false;
        }

        Layout = _layouts is null ? null : LineLayout.Of(line, _own, _properties);
        if (Layout is not null)
        {
            _layouts!.Add(Layout);
        }

        return true;
    }

    private void ReadMembers(ref Utf8JsonReader reader, RecordMembers members)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ref RecordMember member = ref members.Add();
            member.Name = (int)reader.TokenStartIndex + 1;
            member.NameLength = reader.ValueSpan.Length;
            members.NoteName(reader.ValueSpan);
            bool isProperties = members == _own && reader.ValueSpan.SequenceEqual("properties"u8);
            reader.Read();
            member.Kind = reader.TokenType;
            member.Value = (int)reader.TokenStartIndex + (member.Kind == JsonTokenType.String ? 1 : 0);
            member.ValueLength = reader.ValueSpan.Length;
            if (member.Kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                if (isProperties && member.Kind == JsonTokenType.StartObject)
                {
                    ReadMembers(ref reader, _properties);
                }
                else
                {
                    reader.Skip();
                }

                member.ValueLength = (int)reader.BytesConsumed - member.Value;
            }
        }
    }

    private bool ReadTime(ReadOnlySpan<byte> line)
    {
        if (TryFindOwn(line, "timestamp"u8, out StoredField field) && field.Kind == JsonTokenType.String
            && Utf8Parser.TryParse(field.Utf8Value, out DateTimeOffset time, out int used, 'O') && used == field.Utf8Value.Length)
        {
            Ticks = time.UtcTicks;
            return true;
        }

        return false;
    }
}
