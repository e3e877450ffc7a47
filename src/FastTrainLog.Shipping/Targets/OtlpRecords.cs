using System.Buffers.Binary;
using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Shipping;

/// <summary>Writes records as messages <c>LogRecord</c> of OTLP, from the bytes of their lines.</summary>
/// <remarks>A record has some 25 attributes. Nearly all are a name and a number or a short text, whose lengths are known before they are written: so each is written at once, and nothing is moved.</remarks>
internal sealed class OtlpRecords(ProtobufWriter body)
{
    private const int AttributesField = 6;
    private const int OneByte = 1;

    // The members of records are mostly the same, in the same order.
    private readonly List<Member> _members = [];

    /// <summary>Writes a record as an item of the field 2 of <c>ScopeLogs</c>.</summary>
    public void Write(in ShippedRecord shipped)
    {
        StoredRecord record = shipped.Record;
        int start = body.Begin(2);
        body.Fixed(1, NanosecondsOf((record.Time - DateTime.UnixEpoch).Ticks));
        body.Number(2, SeverityOf(record.Level));
        body.Text(3, shipped.Origin.LevelName);
        WriteId(shipped);
        bool hasMessage = false;
        int place = 0;
        foreach (StoredField field in record.Own)
        {
            Member member = MemberAt(place++, field.Utf8Name);
            switch (member.Meaning)
            {
                case Meaning.Message when field.Kind == JsonTokenType.String && !hasMessage:
                    int text = body.Begin(5);
                    Text(field.Utf8Value);
                    body.End(text);
                    hasMessage = true;
                    break;
                case Meaning.Event when field.Kind == JsonTokenType.String:
                case Meaning.Attribute:
                    Attribute(AttributesField, member.Attribute, field);
                    break;
                // Their bytes, where they are what they should be.
                case Meaning.Trace when HexOf(field, 16) is { } trace:
                    body.Bytes(9, trace);
                    break;
                case Meaning.Span when HexOf(field, 8) is { } span:
                    body.Bytes(10, span);
                    break;
                default:
                    break;
            }
        }

        if (!hasMessage)
        {
            int text = body.Begin(5);
            body.Text(1, record.GetMessage());
            body.End(text);
        }

        foreach (StoredField property in record.Properties)
        {
            Named(AttributesField, property);
        }

        body.End(start);
    }

    /// <summary>Writes an attribute with a text.</summary>
    public void Attribute(int field, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        Span<byte> value = Begin(field, name, OneByte + ProtobufWriter.LengthOf(text.Length) + text.Length);
        value[0] = ProtobufWriter.Delimited(1);
        text.CopyTo(value[(OneByte + ProtobufWriter.WriteVarint(value[1..], (ulong)text.Length))..]);
    }

    // A clock that is off by centuries is beyond what the protocol has numbers for.
    private static ulong NanosecondsOf(long ticks) =>
        ticks < 0 ? 0 : (ulong)ticks <= ulong.MaxValue / TimeSpan.NanosecondsPerTick ? (ulong)ticks * TimeSpan.NanosecondsPerTick : ulong.MaxValue;

    private static ulong SeverityOf(LogLevel level) => level switch
    {
        LogLevel.Trace => 1,
        LogLevel.Debug => 5,
        LogLevel.Information => 9,
        LogLevel.Warning => 13,
        LogLevel.Error => 17,
        LogLevel.Critical => 21,
        _ => 0,
    };

    private static Member MemberOf(ReadOnlySpan<byte> name)
    {
        (Meaning meaning, string attribute) = JsonText.Decode(name) switch
        {
            "timestamp" or "level" or "logger" or "template" or "properties" => (Meaning.None, string.Empty),
            "message" => (Meaning.Message, string.Empty),
            "trace_id" => (Meaning.Trace, string.Empty),
            "span_id" => (Meaning.Span, string.Empty),
            "event" => (Meaning.Event, "event.name"),
            "thread" => (Meaning.Attribute, "thread.id"),
            "exception" => (Meaning.Attribute, "exception.stacktrace"),
            "event_id" or "eventId" => (Meaning.Attribute, "event.id"),
            "run" => (Meaning.Attribute, "training.run.id"),
            "rank" => (Meaning.Attribute, "training.rank"),
            "world_size" => (Meaning.Attribute, "training.world_size"),
            "step" => (Meaning.Attribute, "training.step"),
            var other => (Meaning.Attribute, other),
        };
        return new Member(name.ToArray(), meaning, System.Text.Encoding.UTF8.GetBytes(attribute));
    }

    private static byte[]? HexOf(in StoredField field, int length)
    {
        if (field.Kind != JsonTokenType.String || field.Utf8Value.Length != 2 * length)
        {
            return null;
        }

        string text = field.GetText()!;
        return text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
    }

    private Member MemberAt(int place, ReadOnlySpan<byte> name)
    {
        if (place == _members.Count)
        {
            _members.Add(MemberOf(name));
        }
        else if (!name.SequenceEqual(_members[place].Name))
        {
            _members[place] = MemberOf(name);
        }

        return _members[place];
    }

    private void WriteId(in ShippedRecord shipped)
    {
        Span<byte> id = stackalloc byte[ShippedRecord.LongestId];
        Attribute(AttributesField, "log.record.uid"u8, id[..shipped.WriteId(id)]);
    }

    // Under its own name.
    private void Named(int field, in StoredField value)
    {
        if (value.Utf8Name.Contains((byte)'\\'))
        {
            Attribute(field, System.Text.Encoding.UTF8.GetBytes(value.GetName()), value);
        }
        else
        {
            Attribute(field, value.Utf8Name, value);
        }
    }

    private void Attribute(int field, ReadOnlySpan<byte> name, in StoredField value)
    {
        switch (value.Kind)
        {
            case JsonTokenType.String when !value.Utf8Value.Contains((byte)'\\'):
                Attribute(field, name, value.Utf8Value);
                return;
            case JsonTokenType.Number when value.TryGetInt64(out long integer):
                Span<byte> varint = Begin(field, name, OneByte + ProtobufWriter.LengthOf((ulong)integer));
                varint[0] = ProtobufWriter.Varint(3);
                ProtobufWriter.WriteVarint(varint[1..], (ulong)integer);
                return;
            case JsonTokenType.Number when value.TryGetDouble(out double number):
                Span<byte> real = Begin(field, name, OneByte + sizeof(double));
                real[0] = ProtobufWriter.Fixed64(4);
                BinaryPrimitives.WriteDoubleLittleEndian(real[1..], number);
                return;
            default:
                int attribute = body.Begin(field);
                body.Bytes(1, name);
                int any = body.Begin(2);
                WriteAny(value);
                body.End(any);
                body.End(attribute);
                return;
        }
    }

    // Writes an attribute up to its value, and returns the room for that.
    private Span<byte> Begin(int field, ReadOnlySpan<byte> name, int valueLength)
    {
        int length = OneByte + ProtobufWriter.LengthOf(name.Length) + name.Length + OneByte + ProtobufWriter.LengthOf(valueLength) + valueLength;
        Span<byte> to = body.Take(OneByte + ProtobufWriter.LengthOf(length) + length);
        to[0] = ProtobufWriter.Delimited(field);
        int at = OneByte + ProtobufWriter.WriteVarint(to[1..], (ulong)length);
        to[at++] = ProtobufWriter.Delimited(1);
        at += ProtobufWriter.WriteVarint(to[at..], (ulong)name.Length);
        name.CopyTo(to[at..]);
        at += name.Length;
        to[at++] = ProtobufWriter.Delimited(2);
        at += ProtobufWriter.WriteVarint(to[at..], (ulong)valueLength);
        return to[at..];
    }

    // The content of an AnyValue.
    private void WriteAny(in StoredField value)
    {
        switch (value.Kind)
        {
            case JsonTokenType.String:
                Text(value.Utf8Value);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                body.Number(2, value.Kind == JsonTokenType.True ? 1UL : 0);
                break;
            case JsonTokenType.Number when value.TryGetInt64(out long integer):
                body.Number(3, (ulong)integer);
                break;
            case JsonTokenType.Number when value.TryGetDouble(out double number):
                body.Double(4, number);
                break;
            case JsonTokenType.StartArray:
                int array = body.Begin(5);
                foreach (StoredField item in value.GetItems())
                {
                    int any = body.Begin(1);
                    WriteAny(item);
                    body.End(any);
                }

                body.End(array);
                break;
            case JsonTokenType.StartObject:
                int list = body.Begin(6);
                foreach (StoredField member in value.GetFields())
                {
                    Named(1, member);
                }

                body.End(list);
                break;
            default:
                // Null is an AnyValue without a value.
                break;
        }
    }

    // The content of a JSON string as the first field, which it is of an AnyValue.
    private void Text(ReadOnlySpan<byte> inside)
    {
        if (inside.Contains((byte)'\\'))
        {
            body.Text(1, JsonText.Decode(inside));
        }
        else
        {
            body.Bytes(1, inside);
        }
    }

    private enum Meaning
    {
        None,
        Message,
        Event,
        Trace,
        Span,
        Attribute,
    }

    // A member of the records themselves, and the attribute that it is.
    private sealed record Member(byte[] Name, Meaning Meaning, byte[] Attribute);
}
