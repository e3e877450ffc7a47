using System.ComponentModel;

namespace FastTrainLog.Records;

/// <summary>An exception as text, captured at the call: the exception itself may change or die before it is written.</summary>
/// <remarks>An error is rare; capturing one allocates.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct ExceptionText
{
    private ExceptionText(string? type, string? message, string? details)
    {
        Type = type;
        Message = message;
        Details = details;
    }

    internal string? Type { get; }

    internal string? Message { get; }

    internal string? Details { get; }

    /// <summary>Captures an exception's type, message, and full text with stack and inner exceptions.</summary>
    /// <param name="exception">The exception, or null.</param>
    /// <returns>The text; empty for null.</returns>
    public static ExceptionText Capture(Exception? exception)
    {
        if (exception is null)
        {
            return default;
        }

        string type = exception.GetType().FullName ?? exception.GetType().Name;
        string details;
        try
        {
            details = exception.ToString();
        }
        catch (Exception failure)
        {
            // An exception type of the user's whose ToString throws must not take the training loop down with it.
            details = $"{type} (its ToString threw {failure.GetType().FullName})";
        }

        string message;
        try
        {
            message = exception.Message;
        }
        catch (Exception failure)
        {
            message = $"(its Message threw {failure.GetType().FullName})";
        }

        return new ExceptionText(type, message, details);
    }
}
