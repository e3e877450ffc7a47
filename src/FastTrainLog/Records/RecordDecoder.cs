using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Utf8Text;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Records;

/// <summary>Reads one record at a time out of page memory and formats it on demand, each format once.</summary>
internal sealed unsafe class RecordDecoder
{
    private static readonly CallSiteArgument[] PropertyOf =
        [.. Enumerable.Range(0, (int)Enum.GetValues<ArgumentKind>().Max() + 1).Select(static kind => new CallSiteArgument(string.Empty, (ArgumentKind)kind))];

    private readonly Utf8Buffer _message = new();
    private readonly Utf8Buffer _textLine = new();
    private readonly Utf8Buffer _jsonLine = new();
    private readonly ILineFormat _textFormat;
    private readonly ILineFormat _jsonFormat;
    private byte*[] _arguments = new byte*[16];
    private byte* _context;
    private bool _hasMessage;
    private bool _hasTextLine;
    private bool _hasJsonLine;

    /// <summary>Initializes a decoder.</summary>
    /// <param name="textFormat">The format of <see cref="TextLine"/>; used by this decoder only.</param>
    /// <param name="jsonFormat">The format of <see cref="JsonLine"/>; used by this decoder only.</param>
    public RecordDecoder(ILineFormat textFormat, ILineFormat jsonFormat)
    {
        _textFormat = textFormat;
        _jsonFormat = jsonFormat;
    }

    /// <summary>Gets the record as it is in memory.</summary>
    public byte* Record { get; private set; }

    /// <summary>Gets the number of the logger that wrote it.</summary>
    public int LoggerId => RecordLayout.LoggerId(*(ulong*)Record);

    public CallSite Site { get; private set; } = null!;

    public string Category { get; private set; } = string.Empty;

    public LogLevel Level { get; private set; }

    public EventId EventId { get; private set; }

    public long UtcTicks { get; private set; }

    public int ThreadId { get; private set; }

    /// <summary>Gets the run that the record belongs to, or null.</summary>
    public RunContext? Run { get; private set; }

    /// <summary>Gets the record's step, or else the last one that its run had logged; null if there is none.</summary>
    public long? Step { get; private set; }

    public bool HasException => Site.ExceptionArgument >= 0 && !GetArgument(Site.ExceptionArgument).IsNull;

    /// <summary>Gets which of <see cref="TrainingEvents"/> it is; 0 if it is none, even if its number is equal to one: other programs may use the same numbers in other categories.</summary>
    public int TrainingEvent => TrainingEventOrigins.IsOfRun(EventId.Id, Category, EventId.Name) ? EventId.Id : 0;

    /// <summary>Gets the number of the record's training step; null if it is not the record of one.</summary>
    public long? TrainingStep => Records.TrainingStep.Of(this);

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
                _textFormat.Append(_textLine, this);
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
                _jsonFormat.Append(_jsonLine, this);
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
    /// <param name="context">The record, if any, that holds the activity and scopes of this one.</param>
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
            Level = (LogLevel)(*_arguments[FormattedSite.LevelArgument]);
        }

        if (Site.IsFormatted)
        {
            ReadOnlySpan<char> name = GetArgument(FormattedSite.EventNameArgument).Text;
            EventId = new EventId(GetArgument(FormattedSite.EventIdArgument).Read<int>(), name.IsEmpty ? null : name.ToString());
        }

        Step = OwnStep ?? run?.LatestStep;
        if (run is not null && TrainingStep is { } taken)
        {
            Step = run.LatestStep = taken;
        }
    }

    /// <summary>Finds a field of the record by its exact name.</summary>
    /// <param name="index">The index that the call site's argument of that name has, or -1; a plain log call has pairs instead.</param>
    /// <param name="name">The name.</param>
    /// <param name="field">The field.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetField(int index, ReadOnlySpan<char> name, out LogArgument field)
    {
        if (Site.IsFormatted)
        {
            return TryGetPair(name, StringComparison.Ordinal, out field);
        }

        field = index < 0 ? Nameless(ArgumentKind.Null, null) : GetArgument(index);
        return index >= 0;
    }

    /// <summary>Finds a pair of the state of a log call without generated code.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="comparison">How names are compared.</param>
    /// <param name="pair">The pair.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetPair(ReadOnlySpan<char> name, StringComparison comparison, out LogArgument pair)
    {
        byte* value = GetArgument(FormattedSite.PropertiesArgument).Value;
        int count = Unsafe.ReadUnaligned<int>(value);
        value += sizeof(int);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<char> key = ReadText(ref value);
            var kind = (ArgumentKind)(*value++);
            if (name.Equals(key, comparison))
            {
                pair = new LogArgument(new CallSiteArgument(key.ToString(), kind), kind == ArgumentKind.Null ? null : value);
                return true;
            }

            value += SizeOf(kind, value);
        }

        pair = default;
        return false;
    }

    private long? OwnStep => Site.IsFormatted
        ? TryGetPair("Step", StringComparison.OrdinalIgnoreCase, out LogArgument pair) && CallSite.IsStep(pair.Name, pair.Kind) && pair.TryGetInt64(out long paired) ? paired : null
        : Site.StepArgument >= 0 && GetArgument(Site.StepArgument).TryGetInt64(out long step) ? step : null;

    /// <summary>Returns where arguments are in a record, in bytes from its start, if each has the same size in every record.</summary>
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

    /// <summary>Sets the run of a record as another decoder determined it.</summary>
    public void Correlate(RunContext? run, long? step, byte* context)
    {
        Run = run;
        Step = step;
        _context = context;
    }

    /// <summary>Gets the record, if any, that holds the activity and scopes of this one.</summary>
    public byte* Context => _context;

    /// <summary>Gets whether the record was made within an activity.</summary>
    public bool HasActivity => _context != null && BinaryPrimitives.ReadUInt64LittleEndian(SpanId) != 0;

    /// <summary>Gets the 16 bytes of the trace, if there is an activity.</summary>
    public ReadOnlySpan<byte> TraceId => new(_context + RecordLayout.HeaderBytes, ContextSite.TraceBytes);

    /// <summary>Gets the 8 bytes of the span, if there is an activity.</summary>
    public ReadOnlySpan<byte> SpanId => new(_context + RecordLayout.HeaderBytes + ContextSite.TraceBytes, ContextSite.SpanBytes);

    /// <summary>Gets the values of the scopes; null if there is none.</summary>
    public LogArgument Scopes => new(ContextSite.ScopesArgument, _context == null ? null : _context + RecordLayout.HeaderBytes + ContextSite.TraceBytes + ContextSite.SpanBytes);

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
                // An unknown format must not lose the record: the default format is used instead.
                buffer.Truncate(start);
                ArgumentText.Append(buffer, GetArgument(parts[next].Argument), default);
                buffer.Align(start, parts[next].Alignment);
                next++;
            }
        }
    }

    // Separate from the method with the catch block, whose variables live in memory.
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

    /// <summary>Reads a value of a <see cref="ArgumentKind.Properties"/> argument, after its name.</summary>
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
                throw new InvalidDataException($"A record contains an argument of the unknown kind {(byte)kind}.");
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

    /// <summary>Returns the bytes that a value of a kind of fixed size takes in a record.</summary>
    public static int FixedSize(ArgumentKind kind) => FixedSizeOf(kind) ?? throw new InvalidDataException($"An argument of kind {kind} has no fixed size.");

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
