using System.Diagnostics;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>A record as a sink sees it: decoded, and formatted once for all sinks with the same format.</summary>
/// <remarks>Valid only during the call that passes it.</remarks>
public readonly ref struct LogRecord
{
    private readonly RecordDecoder _decoder;

    internal LogRecord(RecordDecoder decoder) => _decoder = decoder;

    /// <summary>Gets the time of the call, in UTC.</summary>
    public DateTime Timestamp => new(_decoder.UtcTicks, DateTimeKind.Utc);

    /// <summary>Gets the level.</summary>
    public LogLevel Level => _decoder.Level;

    /// <summary>Gets the category.</summary>
    public string Category => _decoder.Category;

    /// <summary>Gets the event.</summary>
    public EventId EventId => _decoder.EventId;

    /// <summary>Gets the managed identifier of the thread that logged.</summary>
    public int ThreadId => _decoder.ThreadId;

    /// <summary>Gets the identifier of the run that the record belongs to; null if there is none.</summary>
    public string? RunId => _decoder.Run?.Id;

    /// <summary>Gets the rank of this process among those that train together, from 0; null outside of runs.</summary>
    public int? Rank => _decoder.Run?.Rank;

    /// <summary>Gets the number of processes that train together; null outside of runs.</summary>
    public int? WorldSize => _decoder.Run?.WorldSize;

    /// <summary>Gets the step in the record itself, or else the last one that its run had logged; null if there is none.</summary>
    public long? Step => _decoder.Step;

    /// <summary>Gets the trace that was current at the call, or the default if there was none.</summary>
    public ActivityTraceId TraceId => _decoder.HasActivity ? ActivityTraceId.CreateFromBytes(_decoder.TraceId) : default;

    /// <summary>Gets the span that was current at the call, or the default if there was none.</summary>
    public ActivitySpanId SpanId => _decoder.HasActivity ? ActivitySpanId.CreateFromBytes(_decoder.SpanId) : default;

    /// <summary>Gets the named values of the scopes around the call; null if there is none.</summary>
    public LogArgument Scopes => _decoder.Scopes;

    /// <summary>Gets the message template of the call site.</summary>
    public string MessageTemplate => _decoder.Site.MessageTemplate;

    /// <summary>Gets whether the record has an exception.</summary>
    public bool HasException => _decoder.HasException;

    /// <summary>Gets the message in UTF-8, without a line end.</summary>
    public ReadOnlySpan<byte> Message => _decoder.Message;

    /// <summary>Gets the record as a line of text in UTF-8, its line end included.</summary>
    public ReadOnlySpan<byte> TextLine => _decoder.TextLine;

    /// <summary>Gets the record as a line of JSON in UTF-8, its line end included.</summary>
    public ReadOnlySpan<byte> JsonLine => _decoder.JsonLine;

    /// <summary>Gets the number of named arguments; without the level and the exception.</summary>
    public int ArgumentCount => _decoder.Site.Fields.Length;

    internal RecordDecoder Decoder => _decoder;

    /// <summary>Returns an argument.</summary>
    /// <param name="index">Its index, from 0.</param>
    /// <returns>The argument.</returns>
    public LogArgument GetArgument(int index) => _decoder.GetArgument(_decoder.Site.Fields[index]);

    /// <summary>Finds an argument by its name, or a pair of the state for a log call without generated code.</summary>
    /// <param name="name">The name, ignoring case.</param>
    /// <param name="argument">The argument.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetArgument(ReadOnlySpan<char> name, out LogArgument argument)
    {
        if (_decoder.Site.IsFormatted)
        {
            return _decoder.TryGetPair(name, StringComparison.OrdinalIgnoreCase, out argument);
        }

        ReadOnlySpan<CallSiteArgument> arguments = _decoder.Site.Arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (name.Equals(arguments[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                argument = _decoder.GetArgument(i);
                return true;
            }
        }

        argument = default;
        return false;
    }
}
