using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Backend;

/// <summary>A copy of a record that outlives the call to the sink, for a sink that hands records to another thread.</summary>
/// <remarks>
/// Made to be used again: a second <see cref="CopyFrom"/> replaces the first record, and allocates nothing where the buffers are large
/// enough, but for exceptions and for records of log calls that no generator wrote. Any number of threads may read it between two copies.
/// </remarks>
public sealed unsafe class LogRecordCopy
{
    // Pinned, so that arguments can point into it; grows and never moves while it is in use.
    private byte[] _values = AllocateValues(256);
    private CallSiteArgument[] _descriptions = new CallSiteArgument[16];
    private int[] _starts = new int[16];
    private byte[] _message = new byte[256];
    private int _messageLength;
    private int _valuesLength;

    /// <summary>Gets the time of the call, in UTC.</summary>
    public DateTime Timestamp { get; private set; }

    /// <summary>Gets the level.</summary>
    public LogLevel Level { get; private set; }

    /// <summary>Gets the category.</summary>
    public string Category { get; private set; } = string.Empty;

    /// <summary>Gets the event.</summary>
    public EventId EventId { get; private set; }

    /// <summary>Gets the managed identifier of the thread that logged.</summary>
    public int ThreadId { get; private set; }

    /// <summary>Gets the message template.</summary>
    public string MessageTemplate { get; private set; } = string.Empty;

    /// <summary>Gets the message in UTF-8, without a line end.</summary>
    public ReadOnlySpan<byte> Message => _message.AsSpan(0, _messageLength);

    /// <summary>Gets the number of properties: the arguments, but neither the level nor the exception.</summary>
    public int PropertyCount { get; private set; }

    /// <summary>Gets the full name of the exception's type; null where there is no exception.</summary>
    public string? ExceptionType { get; private set; }

    /// <summary>Gets the exception's message; null where there is no exception.</summary>
    public string? ExceptionMessage { get; private set; }

    /// <summary>Gets the exception's full text with stack and inner exceptions; null where there is no exception.</summary>
    public string? ExceptionDetails { get; private set; }

    /// <summary>Takes over a record.</summary>
    /// <param name="record">The record.</param>
    public void CopyFrom(in LogRecord record)
    {
        Timestamp = record.Timestamp;
        Level = record.Level;
        Category = record.Category;
        EventId = record.EventId;
        ThreadId = record.ThreadId;
        MessageTemplate = record.MessageTemplate;
        ExceptionType = ExceptionMessage = ExceptionDetails = null;
        PropertyCount = 0;
        _valuesLength = 0;

        ReadOnlySpan<byte> message = record.Message;
        if (_message.Length < message.Length)
        {
            _message = new byte[Math.Max(message.Length, _message.Length * 2)];
        }

        message.CopyTo(_message);
        _messageLength = message.Length;

        RecordDecoder decoder = record.Decoder;
        if (decoder.HasException)
        {
            byte* text = record.GetArgument(decoder.Site.ExceptionArgument).Value;
            ExceptionType = RecordDecoder.ReadText(ref text).ToString();
            ExceptionMessage = RecordDecoder.ReadText(ref text).ToString();
            ExceptionDetails = RecordDecoder.ReadText(ref text).ToString();
        }

        if (decoder.Site == FormattedRecord.Site)
        {
            CopyPairs(record.GetArgument(FormattedRecord.PropertiesArgument).Value);
            return;
        }

        ReadOnlySpan<CallSiteArgument> arguments = decoder.Site.Arguments;
        for (int i = decoder.Site.Level == CallSite.LevelInRecord ? 1 : 0; i < arguments.Length; i++)
        {
            if (i != decoder.Site.ExceptionArgument)
            {
                CopyProperty(arguments[i], record.GetArgument(i).Value);
            }
        }
    }

    /// <summary>Returns a property.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <returns>The property; valid until the next record is copied, as long as this copy is reachable.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such property.</exception>
    public LogArgument GetProperty(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)PropertyCount, nameof(index));
        int start = _starts[index];
        return new LogArgument(_descriptions[index], start < 0 ? null : ValuesPointer() + start);
    }

    private static byte[] AllocateValues(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    private byte* ValuesPointer() => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_values));

    private void CopyPairs(byte* value)
    {
        int count = Unsafe.ReadUnaligned<int>(value);
        value += sizeof(int);
        for (int i = 0; i < count; i++)
        {
            string name = RecordDecoder.ReadText(ref value).ToString();
            var kind = (ArgumentKind)(*value++);
            var description = new CallSiteArgument(name, kind);
            if (name == "{OriginalFormat}" && kind == ArgumentKind.String)
            {
                MessageTemplate = new LogArgument(description, value).Text.ToString();
            }
            else
            {
                CopyProperty(description, kind == ArgumentKind.Null ? null : value);
            }

            value += RecordDecoder.SizeOf(kind, value);
        }
    }

    private void CopyProperty(CallSiteArgument description, byte* value)
    {
        if (PropertyCount == _starts.Length)
        {
            Array.Resize(ref _starts, PropertyCount * 2);
            Array.Resize(ref _descriptions, PropertyCount * 2);
        }

        _descriptions[PropertyCount] = description;
        _starts[PropertyCount] = value == null ? -1 : _valuesLength;
        PropertyCount++;
        if (value == null)
        {
            return;
        }

        var bytes = new ReadOnlySpan<byte>(value, RecordDecoder.SizeOf(description.Kind, value));
        if (_values.Length - _valuesLength < bytes.Length)
        {
            byte[] grown = AllocateValues(Math.Max(_values.Length * 2, _valuesLength + bytes.Length));
            _values.AsSpan(0, _valuesLength).CopyTo(grown);
            _values = grown;
        }

        bytes.CopyTo(_values.AsSpan(_valuesLength));
        _valuesLength += bytes.Length;
    }
}
