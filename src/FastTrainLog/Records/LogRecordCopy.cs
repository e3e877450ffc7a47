using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog;

/// <summary>A copy of a record that outlives the call to the sink, for a sink that passes records to another thread.</summary>
/// <remarks>
/// Meant to be reused: a second <see cref="CopyFrom"/> replaces the first record, and allocates nothing if the buffers are large
/// enough, except for exceptions and for records of log calls without generated code. Any number of threads may read it between two copies.
/// </remarks>
public sealed unsafe class LogRecordCopy
{
    private readonly byte[] _traceAndSpan = new byte[ContextSite.TraceBytes + ContextSite.SpanBytes];

    // Pinned, so that arguments can point into it; grows and never moves while it is in use.
    private byte[] _values = AllocateValues(256);
    private CallSiteArgument[] _descriptions = new CallSiteArgument[16];
    private int[] _starts = new int[16];
    private byte[] _message = new byte[256];
    private int _messageLength;
    private int _valuesLength;
    private int _scopesStart = -1;
    private bool _hasActivity;

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

    /// <summary>Gets the identifier of the run that the record belongs to; null if there is none.</summary>
    public string? RunId { get; private set; }

    /// <summary>Gets the rank of the process among those that train together, from 0; null outside of runs.</summary>
    public int? Rank { get; private set; }

    /// <summary>Gets the number of processes that train together; null outside of runs.</summary>
    public int? WorldSize { get; private set; }

    /// <summary>Gets the step in the record itself, or else the last one that its run had logged; null if there is none.</summary>
    public long? Step { get; private set; }

    /// <summary>Gets the trace that was current at the call, or the default if there was none.</summary>
    public ActivityTraceId TraceId => _hasActivity ? ActivityTraceId.CreateFromBytes(_traceAndSpan.AsSpan(0, ContextSite.TraceBytes)) : default;

    /// <summary>Gets the span that was current at the call, or the default if there was none.</summary>
    public ActivitySpanId SpanId => _hasActivity ? ActivitySpanId.CreateFromBytes(_traceAndSpan.AsSpan(ContextSite.TraceBytes)) : default;

    /// <summary>Gets the named values of the scopes around the call; null if there is none. Valid as a property is.</summary>
    public LogArgument Scopes => new(ContextSite.ScopesArgument, PointerTo(_scopesStart));

    /// <summary>Gets the message template.</summary>
    public string MessageTemplate { get; private set; } = string.Empty;

    /// <summary>Gets the message in UTF-8, without a line end.</summary>
    public ReadOnlySpan<byte> Message => _message.AsSpan(0, _messageLength);

    /// <summary>Gets the number of properties: the arguments, but neither the level nor the exception.</summary>
    public int PropertyCount { get; private set; }

    /// <summary>Gets the full name of the exception's type; null if there is no exception.</summary>
    public string? ExceptionType { get; private set; }

    /// <summary>Gets the exception's message; null if there is no exception.</summary>
    public string? ExceptionMessage { get; private set; }

    /// <summary>Gets the exception's full text with stack and inner exceptions; null if there is no exception.</summary>
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
        (RunId, Rank, WorldSize, Step) = (record.RunId, record.Rank, record.WorldSize, record.Step);
        _hasActivity = record.Decoder.HasActivity;
        if (_hasActivity)
        {
            record.Decoder.TraceId.CopyTo(_traceAndSpan);
            record.Decoder.SpanId.CopyTo(_traceAndSpan.AsSpan(ContextSite.TraceBytes));
        }

        MessageTemplate = record.MessageTemplate;
        ExceptionType = ExceptionMessage = ExceptionDetails = null;
        PropertyCount = 0;
        _valuesLength = 0;
        _scopesStart = CopyValue(ArgumentKind.Properties, record.Scopes.Value);

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
            byte* text = decoder.GetArgument(decoder.Site.ExceptionArgument).Value;
            ExceptionType = RecordDecoder.ReadText(ref text).ToString();
            ExceptionMessage = RecordDecoder.ReadText(ref text).ToString();
            ExceptionDetails = RecordDecoder.ReadText(ref text).ToString();
        }

        if (decoder.Site == FormattedSite.Site)
        {
            CopyPairs(decoder.GetArgument(FormattedSite.PropertiesArgument).Value);
            return;
        }

        ReadOnlySpan<CallSiteArgument> arguments = decoder.Site.Arguments;
        foreach (int field in decoder.Site.Fields)
        {
            CopyProperty(arguments[field], decoder.GetArgument(field).Value);
        }
    }

    /// <summary>Returns a property.</summary>
    /// <param name="index">Its index, from 0.</param>
    /// <returns>The property; valid until the next record is copied, as long as this copy is reachable.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such property.</exception>
    public LogArgument GetProperty(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)PropertyCount, nameof(index));
        return new LogArgument(_descriptions[index], PointerTo(_starts[index]));
    }

    private static byte[] AllocateValues(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    private byte* PointerTo(int start) => start < 0 ? null : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_values)) + start;

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
        _starts[PropertyCount] = CopyValue(description.Kind, value);
        PropertyCount++;
    }

    /// <summary>Copies a value.</summary>
    /// <returns>Where it begins among the values; negative for null.</returns>
    private int CopyValue(ArgumentKind kind, byte* value)
    {
        if (value == null)
        {
            return -1;
        }

        var bytes = new ReadOnlySpan<byte>(value, RecordDecoder.SizeOf(kind, value));
        if (_values.Length - _valuesLength < bytes.Length)
        {
            byte[] grown = AllocateValues(Math.Max(_values.Length * 2, _valuesLength + bytes.Length));
            _values.AsSpan(0, _valuesLength).CopyTo(grown);
            _values = grown;
        }

        bytes.CopyTo(_values.AsSpan(_valuesLength));
        _valuesLength += bytes.Length;
        return _valuesLength - bytes.Length;
    }
}
