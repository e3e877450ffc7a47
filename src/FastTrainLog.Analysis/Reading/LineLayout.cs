using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Reading;

/// <summary>The text between the values of a line, which is the same in most lines of an event, so that only the values of the next line need to be read.</summary>
/// <remarks>Values that say which event it is, such as the level and the logger, are part of it. What it says about its lines is used by the reader's thread only.</remarks>
internal sealed class LineLayout
{
    private const int MostMembers = 256;
    private const int MostText = 16 * 1024;

    private readonly byte[] _text;
    private readonly List<(FieldNames Names, int[] Places)> _places = [];

    private LineLayout(byte[] text, Part[] parts, ulong ownNames, ulong propertyNames) => (_text, Parts, OwnNames, PropertyNames) = (text, parts, ownNames, propertyNames);

    /// <summary>Gets the parts of a line; the last one has no value.</summary>
    public Part[] Parts { get; }

    /// <summary>Gets the lengths and first letters of the names of the record's own members.</summary>
    public ulong OwnNames { get; }

    /// <summary>Gets those of its properties.</summary>
    public ulong PropertyNames { get; }

    /// <summary>Gets or sets the logger of the lines, once it was asked for.</summary>
    public string? Category { get; set; }

    /// <summary>Gets or sets the number of their event, once it was asked for.</summary>
    public int? EventId { get; set; }

    /// <summary>Gets or sets their level, once it was asked for.</summary>
    public LogLevel? Level { get; set; }

    /// <summary>Gets or sets the number of their training event, once it was asked for.</summary>
    public int? TrainingEvent { get; set; }

    /// <summary>Returns the text of a part.</summary>
    public ReadOnlySpan<byte> TextOf(in Part part) => _text.AsSpan(part.Text, part.TextLength);

    /// <summary>Returns the layout of a line; null if it has none: it is too long, or says what it is in another form.</summary>
    /// <param name="line">The line.</param>
    /// <param name="own">The record's own members.</param>
    /// <param name="properties">Its properties.</param>
    public static LineLayout? Of(ReadOnlySpan<byte> line, RecordMembers own, RecordMembers properties)
    {
        if (own.Count + properties.Count > MostMembers || !HasOneForm(line, own))
        {
            return null;
        }

        var text = new List<byte>();
        var parts = new List<Part>();
        var constants = new List<RecordMember>();
        int at = 0;
        foreach (ref readonly RecordMember member in own.All)
        {
            ReadOnlySpan<byte> name = line.Slice(member.Name, member.NameLength);
            if (IsConstant(name))
            {
                constants.Add(member with { Name = member.Name - at, Value = member.Value - at });
            }
            else if (AreProperties(name))
            {
                Add(line, member, PartKind.BeginOfProperties);
                foreach (ref readonly RecordMember property in properties.All)
                {
                    Add(line, property, PartKind.Property);
                }

                int end = member.Value + member.ValueLength;
                Put(line[at..end], default, PartKind.EndOfProperties);
                at = end;
            }
            else
            {
                Add(line, member, PartKind.Own);
            }
        }

        Put(line[at..], default, PartKind.End);
        return text.Count <= MostText ? new LineLayout([.. text], [.. parts], own.Names, properties.Names) : null;

        void Add(ReadOnlySpan<byte> line, in RecordMember member, PartKind kind)
        {
            Put(line[at..member.Begin], member, kind);
            at = kind == PartKind.BeginOfProperties ? member.Begin : member.End;
        }

        void Put(ReadOnlySpan<byte> between, in RecordMember member, PartKind kind)
        {
            parts.Add(new Part(kind, text.Count, between.Length, member.Begin - member.Name, member.NameLength, [.. constants]));
            text.AddRange(between);
            constants.Clear();
        }
    }

    /// <summary>Returns the places of members by their names; this is looked up once.</summary>
    public int[] PlacesOf(FieldNames names, RecordTable table, ReadOnlySpan<byte> line)
    {
        foreach ((FieldNames known, int[] places) in _places)
        {
            if (ReferenceEquals(known, names))
            {
                return places;
            }
        }

        int[] found = table.PlacesOf(line, names);
        _places.Add((names, found));
        return found;
    }

    // What is told by the layout is a single value, and its properties are one object.
    private static bool HasOneForm(ReadOnlySpan<byte> line, RecordMembers own)
    {
        int objects = 0;
        foreach (ref readonly RecordMember member in own.All)
        {
            ReadOnlySpan<byte> name = line.Slice(member.Name, member.NameLength);
            if (AreProperties(name) ? member.Kind != JsonTokenType.StartObject || objects++ > 0 : IsConstant(name) && member.Kind is (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreProperties(ReadOnlySpan<byte> name) => name.SequenceEqual("properties"u8);

    // What is the same in all lines of an event of a run and thread.
    private static bool IsConstant(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("level"u8) || name.SequenceEqual("logger"u8) || name.SequenceEqual("thread"u8) || name.SequenceEqual("run"u8) || name.SequenceEqual("rank"u8)
        || name.SequenceEqual("world_size"u8) || name.SequenceEqual("event_id"u8) || name.SequenceEqual("eventId"u8) || name.SequenceEqual("event"u8) || name.SequenceEqual("template"u8);

    /// <summary>What ends a part of a line.</summary>
    public enum PartKind : byte
    {
        /// <summary>A value of the record itself.</summary>
        Own,

        /// <summary>The value of a property.</summary>
        Property,

        /// <summary>The brace before the properties.</summary>
        BeginOfProperties,

        /// <summary>The brace behind the properties.</summary>
        EndOfProperties,

        /// <summary>The end of the line.</summary>
        End,
    }

    /// <summary>Text of a line, and the value that follows it.</summary>
    /// <param name="Kind">What ends it.</param>
    /// <param name="Text">Where its text begins in that of the layout.</param>
    /// <param name="TextLength">The length of its text.</param>
    /// <param name="NameBefore">How far before the value its name begins.</param>
    /// <param name="NameLength">The length of the name.</param>
    /// <param name="Constants">The members that are part of the text, their places counted from its beginning.</param>
    public readonly record struct Part(PartKind Kind, int Text, int TextLength, int NameBefore, int NameLength, RecordMember[] Constants);
}
