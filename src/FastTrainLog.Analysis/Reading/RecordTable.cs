using System.Buffers.Text;
using System.Runtime.CompilerServices;
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

    private readonly Members _own = new();
    private readonly Members _properties = new();
    private string? _category;
    private int? _eventId;
    private LogLevel? _level;
    private int? _trainingEvent;
    private (bool IsKnown, long? Step) _trainingStep;

    /// <summary>Gets the time in UTC, in ticks.</summary>
    public long Ticks { get; private set; }

    /// <summary>Reads a line.</summary>
    /// <returns>A description of the fault, or null.</returns>
    public string? Read(ReadOnlySpan<byte> line)
    {
        _own.Clear();
        _properties.Clear();
        (_category, _eventId, _level, _trainingEvent, _trainingStep) = (null, null, null, null, default);
        if (!Utf8.IsValid(line))
        {
            return NotUtf8;
        }

        if (LineTokens.TryRead(line, this))
        {
            return ReadTime(line) ? null : NotARecord;
        }

        _own.Clear();
        _properties.Clear();
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

    /// <summary>Returns the record's logger; this and the next four are requested often, so each is looked up once.</summary>
    public string Category(ReadOnlySpan<byte> line, NameTable names) =>
        _category ??= TryFindOwn(line, "logger"u8, out StoredField logger) ? names.Get(logger.Utf8Value) : string.Empty;

    public int EventId(ReadOnlySpan<byte> line) =>
        // The second name is that of lines before version 2.
        _eventId ??= (TryFindOwn(line, "event_id"u8, out StoredField id) || TryFindOwn(line, "eventId"u8, out id)) && id.TryGetInt64(out long value) && value == (int)value ? (int)value : 0;

    public LogLevel Level(ReadOnlySpan<byte> line) =>
        _level ??= TryFindOwn(line, "level"u8, out StoredField level) ? StoredLevels.Read(level.Utf8Value) : LogLevel.None;

    public int TrainingEvent(ReadOnlySpan<byte> line, NameTable names) =>
        _trainingEvent ??= TryFindOwn(line, "event"u8, out StoredField name) && TrainingEventOrigins.IsOfRun(EventId(line), Category(line, names), name.Utf8Value) ? EventId(line) : 0;

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
    public bool TryFindNumber(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out double value)
    {
        ref Member member = ref _properties.Find(line, name);
        if (Unsafe.IsNullRef(in member))
        {
            member = ref _own.Find(line, name);
            if (Unsafe.IsNullRef(in member))
            {
                value = 0;
                return false;
            }
        }

        // The same numbers are asked for by the figures and by the series.
        if (member.Number == NumberState.Unknown)
        {
            member.Number = new StoredField(name, line.Slice(member.Value, member.ValueLength), member.Kind).TryGetDouble(out member.Double) ? NumberState.Known : NumberState.None;
        }

        value = member.Double;
        return member.Number == NumberState.Known;
    }

    /// <summary>Adds a member while a line is read.</summary>
    internal void Add(bool isProperty, ReadOnlySpan<byte> line, int name, int nameLength, int value, int valueLength, JsonTokenType kind)
    {
        Members members = isProperty ? _properties : _own;
        members.NoteName(line.Slice(name, nameLength));
        ref Member member = ref members.Add();
        (member.Name, member.NameLength, member.Value, member.ValueLength, member.Kind) = (name, nameLength, value, valueLength, kind);
    }

    private void ReadMembers(ref Utf8JsonReader reader, Members members)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ref Member member = ref members.Add();
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

    private struct Member
    {
        public int Name;
        public int NameLength;
        public int Value;
        public int ValueLength;
        public JsonTokenType Kind;
        public NumberState Number;
        public double Double;
    }

    private enum NumberState : byte
    {
        Unknown,
        Known,
        None,
    }

    private sealed class Members
    {
        private Member[] _members = new Member[32];
        private int _count;
        private int _next;

        // A bit for each length and first letter of a name: most of the names that are not there are told by it.
        private ulong _names;

        public void Clear()
        {
            _count = _next = 0;
            _names = 0;
        }

        public void NoteName(ReadOnlySpan<byte> name) => _names |= BitOf(name);

        public ref Member Add()
        {
            if (_count == _members.Length)
            {
                Array.Resize(ref _members, _count * 2);
            }

            ref Member added = ref _members[_count++];
            added.Number = NumberState.Unknown;
            return ref added;
        }

        public bool TryGetAt(ReadOnlySpan<byte> line, int index, out StoredField field)
        {
            if (index >= _count)
            {
                field = default;
                return false;
            }

            Member member = _members[index];
            field = new StoredField(line.Slice(member.Name, member.NameLength), line.Slice(member.Value, member.ValueLength), member.Kind);
            return true;
        }

        public bool TryFind(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out StoredField field)
        {
            ref Member member = ref Find(line, name);
            if (Unsafe.IsNullRef(in member))
            {
                field = default;
                return false;
            }

            field = new StoredField(name, line.Slice(member.Value, member.ValueLength), member.Kind);
            return true;
        }

        // Callers mostly request members in the order of the file, so the search begins after the last one found.
        public ref Member Find(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
        {
            if ((_names & BitOf(name)) == 0)
            {
                return ref Unsafe.NullRef<Member>();
            }

            Span<Member> members = _members.AsSpan(0, _count);
            for (int i = _next; i < members.Length; i++)
            {
                if (IsNamed(line, members[i], name))
                {
                    _next = i + 1;
                    return ref members[i];
                }
            }

            for (int i = 0; i < members.Length && i < _next; i++)
            {
                if (IsNamed(line, members[i], name))
                {
                    _next = i + 1;
                    return ref members[i];
                }
            }

            return ref Unsafe.NullRef<Member>();
        }

        private static ulong BitOf(ReadOnlySpan<byte> name) => 1UL << ((name.Length + (name.IsEmpty ? 0 : name[0] * 5)) & 63);

        private static bool IsNamed(ReadOnlySpan<byte> line, in Member member, ReadOnlySpan<byte> name) =>
            member.NameLength == name.Length && line.Slice(member.Name, member.NameLength).SequenceEqual(name);
    }
}
