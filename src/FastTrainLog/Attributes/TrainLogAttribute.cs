using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Marks a partial method as a log call; the source generator writes its body.</summary>
/// <remarks>
/// The method takes a <see cref="TrainLogger"/> or an <see cref="ILogger"/>. Its other parameters become the named
/// arguments of the record: those in the template under the template's spelling, the others under their own name.
/// </remarks>
/// <param name="eventId">The numeric identifier of the event.</param>
/// <param name="level">The level that the call logs at.</param>
/// <param name="message">The message template, with named holes as in <c>"loss {Loss:F4}"</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TrainLogAttribute(int eventId, LogLevel level, string message) : Attribute
{
    /// <summary>Gets the numeric identifier of the event.</summary>
    public int EventId { get; } = eventId;

    /// <summary>Gets the level that the call logs at.</summary>
    public LogLevel Level { get; } = level;

    /// <summary>Gets the message template.</summary>
    public string Message { get; } = message;

    /// <summary>Gets or sets the name of the event; the method's name where it is not set.</summary>
    public string? EventName { get; set; }
}
