using System.Collections;
using System.Globalization;
using System.Text;

namespace FastTrainLog.Records;

/// <summary>Converts logged values to text with their own code, and never throws: a log call must not fail because of a value.</summary>
internal static class SafeText
{
    /// <summary>The most characters of a value's text: more than fit into a record.</summary>
    public const int MostChars = 1 << 18;

    // The limit for a list that contains itself, or for deeply nested lists.
    private const int MostDepth = 8;
    private const string Deeper = "…";

    /// <summary>Returns a value's text in the invariant culture, the items of a sequence separated by commas; a text that says so if the value cannot be formatted.</summary>
    public static string? Of(object? value)
    {
        try
        {
            return value switch
            {
                null or string => (string?)value,
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                IEnumerable sequence => OfItems(sequence),
                _ => value.ToString(),
            };
        }
        catch (Exception failure)
        {
            return Failure(value!.GetType(), failure);
        }
    }

    /// <summary>Returns an exception's message.</summary>
    public static string MessageOf(Exception exception)
    {
        try
        {
            // The framework's own message recurses into all inner exceptions: thousands of them overflow the stack.
            return exception is AggregateException aggregate && ExceptionText.HasManyCauses(aggregate) ? MessageOfMany(aggregate) : exception.Message ?? string.Empty;
        }
        catch (Exception failure)
        {
            return $"(its Message threw {failure.GetType().FullName})";
        }
    }

    private static string MessageOfMany(AggregateException exception)
    {
        Exception? first = ExceptionText.FirstCause(exception);
        return string.Create(CultureInfo.InvariantCulture, $"{exception.InnerExceptions.Count} inner exceptions with their own{(first is null ? string.Empty : $", the first: {MessageOf(first)}")}");
    }

    /// <summary>Returns what replaces a value that cannot be formatted.</summary>
    public static string Failure(Type type, Exception failure) => Failure(type.ToString(), failure);

    /// <summary>Returns what replaces a field that cannot be read.</summary>
    public static string Failure(string field, Exception failure) => $"({field} could not be formatted: {failure.GetType()})";

    private static string OfItems(IEnumerable sequence)
    {
        var text = new StringBuilder();
        AppendItems(text, sequence, depth: 1);
        return text.ToString();
    }

    private static void AppendItems(StringBuilder text, IEnumerable sequence, int depth)
    {
        bool first = true;
        foreach (object? item in sequence)
        {
            text.Append(first ? string.Empty : ", ");
            first = false;
            if (text.Length > MostChars)
            {
                // It may be endless.
                text.Append(Deeper);
                return;
            }

            if (item is IEnumerable inner and not (string or IFormattable))
            {
                if (depth == MostDepth)
                {
                    text.Append(Deeper);
                }
                else
                {
                    AppendItems(text, inner, depth + 1);
                }
            }
            else
            {
                text.Append(Of(item) ?? "(null)");
            }
        }
    }
}
