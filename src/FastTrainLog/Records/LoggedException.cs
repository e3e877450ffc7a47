namespace FastTrainLog;

/// <summary>Represents a logged exception: its texts, captured at the log call, for logging systems that need an exception.</summary>
public sealed class LoggedException : Exception
{
    private readonly string _details;

    /// <summary>Initializes the exception of a record.</summary>
    /// <param name="record">The record, which must have one.</param>
    public LoggedException(LogRecordCopy record)
        : base($"{(record ?? throw new ArgumentNullException(nameof(record))).ExceptionType}: {record.ExceptionMessage}")
    {
        _details = record.ExceptionDetails ?? base.Message;
        // The full text begins with type and message, which Message has: what follows are the inner exceptions and the stack.
        StackTrace = _details.StartsWith(base.Message, StringComparison.Ordinal) ? _details[base.Message.Length..].TrimStart() : _details;
    }

    /// <summary>Gets the inner exceptions and the stack trace, as in the exception's own text.</summary>
    public override string StackTrace { get; }

    /// <summary>Returns the text of the exception itself.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _details;
}
