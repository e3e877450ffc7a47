using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Marks a partial method as a log call; the source generator writes its body.</summary>
/// <remarks>
/// The method takes a <see cref="TrainLogger"/> or an <see cref="ILogger"/>, or its class has one in a field or a
/// primary-constructor parameter. Its other parameters become the named arguments of the record: those in the template under the
/// template's spelling, the others under their own name. Constructors and properties are those of
/// <see cref="LoggerMessageAttribute"/>, so that one attribute can be replaced by the other.
/// </remarks>
/// <example>
/// <code>
/// internal static partial class AugmentationMessages
/// {
///     [TrainLog(1, LogLevel.Information, "Epoch {Epoch} made {Count} images")]
///     public static partial void Augmented(this ILogger logger, int epoch, int count);
/// }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TrainLogAttribute : Attribute
{
    /// <summary>Initializes a log call whose properties are set by name.</summary>
    public TrainLogAttribute()
    {
    }

    /// <summary>Initializes a log call with its event, level and message.</summary>
    /// <param name="eventId">The numeric identifier of the event.</param>
    /// <param name="level">The level that the call logs at.</param>
    /// <param name="message">The message template, with named placeholders as in <c>"loss {Loss:F4}"</c>.</param>
    public TrainLogAttribute(int eventId, LogLevel level, string message)
    {
        EventId = eventId;
        Level = level;
        Message = message;
    }

    /// <summary>Initializes a log call with its level and message.</summary>
    /// <param name="level">The level that the call logs at.</param>
    /// <param name="message">The message template.</param>
    public TrainLogAttribute(LogLevel level, string message)
    {
        Level = level;
        Message = message;
    }

    /// <summary>Initializes a log call with its level.</summary>
    /// <param name="level">The level that the call logs at.</param>
    public TrainLogAttribute(LogLevel level) => Level = level;

    /// <summary>Initializes a log call with its message; a parameter of the method gives the level.</summary>
    /// <param name="message">The message template.</param>
    public TrainLogAttribute(string message) => Message = message;

    /// <summary>Gets or sets the numeric identifier of the event; if it is -1, the default, one is computed from the event's name.</summary>
    public int EventId { get; set; } = -1;

    /// <summary>Gets or sets the name of the event; the method's name if it is not set.</summary>
    public string? EventName { get; set; }

    /// <summary>Gets or sets the level that the call logs at; if it is not set, a parameter of type <see cref="LogLevel"/> gives it.</summary>
    public LogLevel Level { get; set; } = LogLevel.None;

    /// <summary>Gets or sets the message template; empty by default.</summary>
    public string Message { get; set; } = string.Empty;

    /// <summary>Gets or sets whether the generated body leaves the check whether the level is enabled to the caller.</summary>
    public bool SkipEnabledCheck { get; set; }

    /// <summary>
    /// Gets or sets the sampling interval: one of this many calls is logged, beginning with the first; 0, the default, for all. Calls below the logger's
    /// level do not count; those of all threads and loggers do. Each record has in <c>Suppressed</c> the number of calls suppressed before it.
    /// </summary>
    public int SampleEvery { get; set; }

    /// <summary>
    /// Gets or sets how many calls are logged before <see cref="SampleEvery"/> applies; without that, how many are logged at all.
    /// 0, the default, for no such limit.
    /// </summary>
    public int FirstN { get; set; }

    /// <summary>
    /// Gets or sets how many calls are logged at most in the second that begins with a record; 0, the default, for no limit. The first
    /// record of the next second has in <c>Suppressed</c> the number of calls suppressed. Cannot be combined with the two above.
    /// </summary>
    public int MaxPerSecond { get; set; }
}
