using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Formatting;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Backend;

/// <summary>Reads one record at a time out of page memory and formats it on demand, each format once.</summary>
internal sealed unsafe class RecordDecoder
{
    private static readonly CallSiteArgument[] PropertyOf =
        [.. Enumerable.Range(0, (int)Enum.GetValues<ArgumentKind>().Max() + 1).Select(static kind => new CallSiteArgument(string.Empty, (ArgumentKind)kind))];

    private readonly Utf8Buffer _message = new();
    private readonly Utf8Buffer _textLine = new();
    private readonly Utf8Buffer _jsonLine = new();
    private readonly TextLineFormatter _textFormatter;
    private readonly JsonLineFormatter _jsonFormatter = new();
    private byte*[] _arguments = new byte*[16];
    private byte* _context;
    private bool _hasMessage;
    private bool _hasTextLine;
    private bool _hasJsonLine;

    public RecordDecoder(TimeZoneInfo textTimeZone, bool symbols = false) => _textFormatter = new TextLineFormatter(textTimeZone, symbols);

    /// <summary>Gets the record as it stands in memory.</summary>
    public byte* Record { get; private set; }

    public CallSite Site { get; private set; } = null!;

    public string Category { get; private set; } = string.Empty;

    public LogLevel Level { get; private set; }

    public EventId EventId { get; private set; }

    public long UtcTicks { get; private set; }

    public int ThreadId { get; private set; }

    /// <summary>Gets the run that the record belongs to, or null.</summary>
    public RunContext? Run { get; private set; }

    /// <summary>Gets the step that the record is of, or else the last one that its run had logged; null where there is none.</summary>
    public long? Step { get; private set; }

    public bool HasException => Site.ExceptionArgument >= 0 && !GetArgument(Site.ExceptionArgument).IsNull;

    public ReadOnlySpan<byte> Message
    {
        get
        {
            if (!_hasMessage)
            {
                _message.Clear();
                AppendMessage(_message);
                _hasMessage = true;
            }

            return _message.Written;
        }
    }

    public ReadOnlySpan<byte> TextLine
    {
        get
        {
            if (!_hasTextLine)
            {
                _textLine.Clear();
                _textFormatter.Append(_textLine, this);
                _hasTextLine = true;
            }

            return _textLine.Written;
        }
    }

    public ReadOnlySpan<byte> JsonLine
    {
        get
        {
            if (!_hasJsonLine)
            {
                _jsonLine.Clear();
                _jsonFormatter.Append(_jsonLine, this);
                _hasJsonLine = true;
            }

            return _jsonLine.Written;
        }
    }

    /// <summary>Finds the arguments of a record; nothing of it is copied.</summary>
    /// <param name="record">The record.</param>
    /// <param name="site">Its call site.</param>
    /// <param name="category">Its logger's category.</param>
    /// <param name="threadId">The managed identifier of the thread that logged.</param>
    /// <param name="utcTicks">The time.</param>
    /// <param name="run">The run that it belongs to, or null.</param>
    /// <param name="context">The record, if any, that says within which activity and scopes this one was made.</param>
    public void Decode(byte* record, CallSite site, string category, int threadId, long utcTicks, RunContext? run = null, byte* context = null)
    {
        Run = run;
        _context = context;
        Record = record;
        Site = site;
        Category = category;
        ThreadId = threadId;
        UtcTicks = utcTicks;
        _hasMessage = _hasTextLine = _hasJsonLine = false;

        ReadOnlySpan<CallSiteArgument> arguments = Site.Arguments;
        if (_arguments.Length < arguments.Length)
        {
            _arguments = new byte*[arguments.Length];
        }

        if (site.Offsets is { } offsets)
        {
            byte*[] places = _arguments;
            for (int i = 0; i < offsets.Length; i++)
            {
                places[i] = record + offsets[i];
            }
        }
        else
        {
            FindArguments(arguments, record + RecordLayout.HeaderBytes);
        }

        Level = Site.Level;
        EventId = Site.EventId;
        if (Level == CallSite.LevelInRecord)
        {
            Level = (LogLevel)(*_arguments[FormattedRecord.LevelArgument]);
        }

        if (Site.IsFormatted)
        {
            ReadOnlySpan<char> name = GetArgument(FormattedRecord.EventNameArgument).Text;
            EventId = new EventId(GetArgument(FormattedRecord.EventIdArgument).Read<int>(), name.IsEmpty ? null : name.ToString());
        }

        Step = run?.LatestStep;
        if (site.StepArgument >= 0 && GetArgument(site.StepArgument).TryGetInt64(out long step))
        {
            Step = step;
            if (run is not null && EventId.Id == TrainingEvents.Step && category == LogCategories.TrainingProgress)
            {
                run.LatestStep = step;
            }
        }
    }

    /// <summary>Returns where arguments stand in a record, in bytes from its start, if each has the same size in every record.</summary>
    public static int[]? FixedOffsets(ReadOnlySpan<CallSiteArgument> arguments)
    {
        int[] offsets = new int[arguments.Length];
        int next = RecordLayout.HeaderBytes;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].IsNullable || FixedSizeOf(arguments[i].Kind) is not { } size)
            {
                return null;
            }

            offsets[i] = next;
            next += size;
        }

        return offsets;
    }

    private void FindArguments(ReadOnlySpan<CallSiteArgument> arguments, byte* value)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            CallSiteArgument argument = arguments[i];
            if (argument.IsNullable && *value++ == 0)
            {
                _arguments[i] = null;
                continue;
            }

            _arguments[i] = value;
            value += SizeOf(argument.Kind, value);
        }
    }

    /// <summary>Sets what a record belongs to as another decoder found it.</summary>
    public void Correlate(RunContext? run, long? step, byte* context)
    {
        Run = run;
        Step = step;
        _context = context;
    }

    /// <summary>Gets the record, if any, that says within which activity and scopes this one was made.</summary>
    public byte* Context => _context;

    /// <summary>Gets whether the record was made within an activity.</summary>
    public bool HasActivity => _context != null && BinaryPrimitives.ReadUInt64LittleEndian(SpanId) != 0;

    /// <summary>Gets the 16 bytes of the trace, where there is an activity.</summary>
    public ReadOnlySpan<byte> TraceId => new(_context + RecordLayout.HeaderBytes, ThreadContext.TraceBytes);

    /// <summary>Gets the 8 bytes of the span, where there is an activity.</summary>
    public ReadOnlySpan<byte> SpanId => new(_context + RecordLayout.HeaderBytes + ThreadContext.TraceBytes, ThreadContext.SpanBytes);

    /// <summary>Gets the values of the scopes; null where there is none.</summary>
    public LogArgument Scopes => new(ThreadContext.ScopesArgument, _context == null ? null : _context + RecordLayout.HeaderBytes + ThreadContext.TraceBytes + ThreadContext.SpanBytes);

    public LogArgument GetArgument(int index) => new(Site.Arguments[index], _arguments[index]);

    private void AppendMessage(Utf8Buffer buffer)
    {
        ReadOnlySpan<TemplatePart> parts = Site.Template.Parts;
        int next = 0;
        while (next < parts.Length)
        {
            int start = 0;
            try
            {
                AppendParts(buffer, parts, ref next, ref start);
            }
            catch (FormatException)
            {
                // A format that the value's type does not know must not cost the record: its default form says as much.
                buffer.Truncate(start);
                ArgumentText.Append(buffer, GetArgument(parts[next].Argument), default);
                buffer.Align(start, parts[next].Alignment);
                next++;
            }
        }
    }

    // Apart from what catches: the variables of a method that catches live in memory.
    private void AppendParts(Utf8Buffer buffer, ReadOnlySpan<TemplatePart> parts, ref int next, ref int start)
    {
        for (int i = next; i < parts.Length; i++)
        {
            ref readonly TemplatePart part = ref parts[i];
            if (part.Section is { } section && !HasValues(section))
            {
                continue;
            }

            buffer.Append(part.Lead);
            if (part.Argument < 0)
            {
                continue;
            }

            (next, start) = (i, buffer.Length);
            ArgumentText.Append(buffer, GetArgument(part.Argument), part.Format);
            if (part.Alignment != 0)
            {
                buffer.Align(start, part.Alignment);
            }
        }

        next = parts.Length;
    }

    private bool HasValues(int[] arguments)
    {
        foreach (int argument in arguments)
        {
            if (!GetArgument(argument).HasValue)
            {
                return false;
            }
        }

        return true;
    }

    public static ReadOnlySpan<char> ReadText(ref byte* value)
    {
        int length = Math.Max(0, Unsafe.ReadUnaligned<int>(value));
        var text = new ReadOnlySpan<byte>(value + sizeof(int), length * sizeof(char));
        value += sizeof(int) + text.Length;
        return MemoryMarshal.Cast<byte, char>(text);
    }

    /// <summary>Reads a value of a <see cref="ArgumentKind.Properties"/> argument, behind its name.</summary>
    public static LogArgument ReadProperty(ref byte* value)
    {
        var kind = (ArgumentKind)(*value++);
        LogArgument property = Nameless(kind, kind == ArgumentKind.Null ? null : value);
        value += SizeOf(kind, value);
        return property;
    }

    /// <summary>Returns a value as an argument without a name.</summary>
    public static LogArgument Nameless(ArgumentKind kind, byte* value) => new(PropertyOf[(int)kind], value);

    /// <summary>Returns the bytes that a value takes in a record.</summary>
    public static int SizeOf(ArgumentKind kind, byte* value)
    {
        if (FixedSizeOf(kind) is { } size)
        {
            return size;
        }

        switch (kind)
        {
            case ArgumentKind.Numbers:
                return new LoggedNumbers(value).Size;
            case ArgumentKind.String or ArgumentKind.Text:
                return TextSize(value);
            case ArgumentKind.Exception:
                int length = TextSize(value);
                length += TextSize(value + length);
                return length + TextSize(value + length);
            case ArgumentKind.Metrics:
                return MetricsSize(value);
            case ArgumentKind.Properties:
                return PropertiesSize(value);
            default:
                throw new InvalidDataException($"A record holds an argument of the unknown kind {(byte)kind}.");
        }
    }

    private static int? FixedSizeOf(ArgumentKind kind) => kind switch
    {
        ArgumentKind.Null => 0,
        ArgumentKind.Boolean or ArgumentKind.SByte or ArgumentKind.Byte => 1,
        ArgumentKind.Char or ArgumentKind.Int16 or ArgumentKind.UInt16 or ArgumentKind.Half => 2,
        ArgumentKind.Int32 or ArgumentKind.UInt32 or ArgumentKind.Single => 4,
        ArgumentKind.Int64 or ArgumentKind.UInt64 or ArgumentKind.Double or ArgumentKind.DateTime or ArgumentKind.TimeSpan or ArgumentKind.Enum => 8,
        ArgumentKind.Decimal or ArgumentKind.DateTimeOffset or ArgumentKind.Guid => 16,
        ArgumentKind.TensorSummary => sizeof(TensorSummary),
        _ => null,
    };

    private static int TextSize(byte* value) => sizeof(int) + (Math.Max(0, Unsafe.ReadUnaligned<int>(value)) * sizeof(char));

    private static int MetricsSize(byte* value)
    {
        int count = Unsafe.ReadUnaligned<int>(value);
        byte* at = value + sizeof(int);
        for (int i = 0; i < count; i++)
        {
            at += TextSize(at) + sizeof(double);
        }

        return (int)(at - value);
    }

    private static int PropertiesSize(byte* value)
    {
        int count = Unsafe.ReadUnaligned<int>(value);
        byte* at = value + sizeof(int);
        for (int i = 0; i < count; i++)
        {
            at += TextSize(at);
            var kind = (ArgumentKind)(*at++);
            at += SizeOf(kind, at);
        }

        return (int)(at - value);
    }
}
