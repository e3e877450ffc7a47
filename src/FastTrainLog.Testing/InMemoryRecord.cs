using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Testing;

/// <summary>A record of an <see cref="InMemoryLog"/>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class InMemoryRecord
{
    internal InMemoryRecord(LogRecordCopy copy)
    {
        (Timestamp, Level, Category, EventId, ThreadId) = (copy.Timestamp, copy.Level, copy.Category, copy.EventId, copy.ThreadId);
        (RunId, Rank, WorldSize, Step) = (copy.RunId, copy.Rank, copy.WorldSize, copy.Step);
        (TraceId, SpanId) = (copy.TraceId, copy.SpanId);
        Message = Encoding.UTF8.GetString(copy.Message);
        MessageTemplate = copy.MessageTemplate;
        (ExceptionType, ExceptionMessage, ExceptionDetails) = (copy.ExceptionType, copy.ExceptionMessage, copy.ExceptionDetails);
        var arguments = new KeyValuePair<string, object?>[copy.PropertyCount];
        for (int i = 0; i < arguments.Length; i++)
        {
            LogArgument argument = copy.GetProperty(i);
            arguments[i] = new(argument.Name, argument.ToObject());
        }

        Arguments = arguments;
        Scopes = copy.Scopes.ToObject() as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
    }

    /// <summary>Gets the time of the call, in UTC.</summary>
    public DateTime Timestamp { get; }

    /// <summary>Gets the level.</summary>
    public LogLevel Level { get; }

    /// <summary>Gets the category.</summary>
    public string Category { get; }

    /// <summary>Gets the event.</summary>
    public EventId EventId { get; }

    /// <summary>Gets the message.</summary>
    public string Message { get; }

    /// <summary>Gets the message template.</summary>
    public string MessageTemplate { get; }

    /// <summary>
    /// Gets the arguments by name, with the types with which they were logged; enums are text, metrics and properties are lists of pairs, and of an object whose fields
    /// are logged each field is an argument.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Arguments { get; }

    /// <summary>Gets the named values of the scopes of the call.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Scopes { get; }

    /// <summary>Gets the full name of the exception's type; null if there is no exception.</summary>
    public string? ExceptionType { get; }

    /// <summary>Gets the exception's message; null if there is no exception.</summary>
    public string? ExceptionMessage { get; }

    /// <summary>Gets the exception's full text with stack and inner exceptions; null if there is no exception.</summary>
    public string? ExceptionDetails { get; }

    /// <summary>Gets the managed identifier of the thread that logged.</summary>
    public int ThreadId { get; }

    /// <summary>Gets the identifier of the run that the record belongs to; null if there is none.</summary>
    public string? RunId { get; }

    /// <summary>Gets the rank of the process among those that train together, from 0; null outside of runs.</summary>
    public int? Rank { get; }

    /// <summary>Gets the number of processes that train together; null outside of runs.</summary>
    public int? WorldSize { get; }

    /// <summary>Gets the step in the record itself, otherwise the last one that its run had logged; null if there is none.</summary>
    public long? Step { get; }

    /// <summary>Gets the trace that was current in the call, or the default if there was none.</summary>
    public ActivityTraceId TraceId { get; }

    /// <summary>Gets the span that was current in the call, or the default if there was none.</summary>
    public ActivitySpanId SpanId { get; }

    /// <summary>Returns an argument with its type.</summary>
    /// <typeparam name="T">
    /// The type: that of the argument, another number type that can represent the value, an enum, or <see cref="object"/>; nullable if the argument may be null.
    /// </typeparam>
    /// <param name="name">The argument's name, or that of a metric or a property among its metrics and properties; not case-sensitive.</param>
    /// <returns>The argument.</returns>
    /// <exception cref="LogAssertionException">There is no such argument, or it is of another type; the message lists the existing ones.</exception>
    public T? Get<T>(string name)
    {
        if (!TryFind(name, out object? value))
        {
            throw new LogAssertionException($"The record has no argument '{name}'; it has {(Arguments.Count == 0 ? "none" : string.Join(", ", Arguments.Select(argument => argument.Key)))}: {this}");
        }

        return ArgumentConversion.TryConvert(value, out T? converted)
            ? converted
            : throw new LogAssertionException($"The argument '{name}' is no {typeof(T).Name}: it is {(value is null ? "null" : $"the {value.GetType().Name} '{value}'")}: {this}");
    }

    /// <summary>Finds an argument of a type.</summary>
    /// <typeparam name="T">The type, as for <see cref="Get{T}"/>.</typeparam>
    /// <param name="name">The argument's name, or that of a metric or a property among its metrics and properties; not case-sensitive.</param>
    /// <param name="value">The argument.</param>
    /// <returns>Whether there is one with the name and the type.</returns>
    public bool TryGet<T>(string name, [MaybeNullWhen(false)] out T? value)
    {
        value = default;
        return TryFind(name, out object? found) && ArgumentConversion.TryConvert(found, out value);
    }

    /// <summary>Returns level, category, event and message.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Level} {Category} {(EventId.Name is null ? EventId.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"{EventId.Name} ({EventId.Id})")}: {Message}";

    private bool TryFind(string name, out object? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (TryFind(Arguments, name, out value))
        {
            return true;
        }

        foreach ((_, object? among) in Arguments)
        {
            if (among is IEnumerable<KeyValuePair<string, double>> metrics && TryFind(metrics.Select(metric => new KeyValuePair<string, object?>(metric.Key, metric.Value)), name, out value))
            {
                return true;
            }

            if (among is IEnumerable<KeyValuePair<string, object?>> properties && TryFind(properties, name, out value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryFind(IEnumerable<KeyValuePair<string, object?>> pairs, string name, out object? value)
    {
        foreach ((string key, object? found) in pairs)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = found;
                return true;
            }
        }

        value = null;
        return false;
    }
}
