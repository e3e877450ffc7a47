using System.ComponentModel;
using System.Text;

namespace FastTrainLog.Records;

/// <summary>An exception as text, captured at the call: the exception itself may change before it is written.</summary>
/// <remarks>An error is rare; capturing one allocates.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct ExceptionText
{
    private const int MostCauses = 100;
    private const int MostDepth = 1 << 16;

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
        return new ExceptionText(type, SafeText.MessageOf(exception), HasManyCauses(exception) ? DetailsOf(exception) : OwnDetails(exception, type));
    }

    private static string? OwnDetails(Exception exception, string type)
    {
        try
        {
            return exception.ToString();
        }
        catch (Exception failure)
        {
            // A user's exception type whose ToString throws must not end the training loop.
            return $"{type} (its ToString threw {failure.GetType().FullName})";
        }
    }

    // The framework's own formatting recurses for each inner exception: thousands of them overflow the stack.
    internal static bool HasManyCauses(Exception exception) => WithCauses(exception).Skip(MostCauses).Any();

    /// <summary>Returns the first inner exception that is not a collection of others; null if there is none, or it lies very deep.</summary>
    internal static Exception? FirstCause(AggregateException exception) => WithCauses(exception).Take(MostDepth).FirstOrDefault(static cause => cause is not AggregateException);

    private static string DetailsOf(Exception exception)
    {
        var text = new StringBuilder();
        int causes = 0;
        foreach (Exception next in WithCauses(exception))
        {
            if (causes++ == MostCauses)
            {
                text.Append(" ---> … further inner exceptions");
                break;
            }

            text.Append(causes > 1 ? " ---> " : string.Empty).Append(next.GetType()).Append(": ").Append(SafeText.MessageOf(next)).Append('\n');
            text.Append(TraceOf(next)).Append('\n');
        }

        return text.ToString();
    }

    private static string? TraceOf(Exception exception)
    {
        try
        {
            return exception.StackTrace;
        }
        catch (Exception)
        {
            // Like its other members, a user type may override it.
            return null;
        }
    }

    /// <summary>Returns an exception and its inner exceptions, each before its own inner ones.</summary>
    internal static IEnumerable<Exception> WithCauses(Exception exception)
    {
        var open = new Stack<Exception>();
        open.Push(exception);
        while (open.TryPop(out Exception? next))
        {
            yield return next;
            if (next is AggregateException aggregate)
            {
                for (int i = aggregate.InnerExceptions.Count - 1; i >= 0; i--)
                {
                    open.Push(aggregate.InnerExceptions[i]);
                }
            }
            else if (next.InnerException is { } inner)
            {
                open.Push(inner);
            }
        }
    }
}
