using System.Text.RegularExpressions;

namespace FastTrainLog.Redaction;

/// <summary>Finds secrets and e-mail addresses in texts, and masks them.</summary>
/// <remarks>A pattern of the user takes time linear in a text's length, whatever the two are (<see cref="RegexOptions.NonBacktracking"/>). Thread-safe.</remarks>
internal sealed partial class TextScrubber
{
    private const char Mask = '*';

    private static readonly TextForm[] KnownForms = [.. SecretForms.All, new(new AnyOf(StringComparison.Ordinal, "@"), Addresses(), static (_, start, end) => start..end)];

    private readonly TextForm[] _forms;

    /// <summary>Initializes a scrubber.</summary>
    /// <param name="rules">What it masks.</param>
    /// <exception cref="ArgumentException">The pattern is no regular expression, or one that cannot be searched in linear time, or it matches an empty text.</exception>
    public TextScrubber(ScrubRules rules)
    {
        Rules = rules;
        TextForm[] own = rules.Pattern.Length == 0 ? [] : [new TextForm(null, Compile(rules.Pattern), static (_, start, end) => start..end)];
        _forms = [.. own, .. rules.KnownForms ? KnownForms : []];
    }

    /// <summary>Gets what it masks.</summary>
    public ScrubRules Rules { get; }

    /// <summary>Compiles a pattern of the user.</summary>
    /// <exception cref="ArgumentException">It cannot be used.</exception>
    public static Regex Compile(string pattern)
    {
        Regex regex;
        try
        {
            regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException exception)
        {
            throw new ArgumentException($"{exception.Message}", nameof(pattern), exception);
        }

        return regex.IsMatch(string.Empty) ? throw new ArgumentException("It matches an empty text.", nameof(pattern)) : regex;
    }

    /// <summary>Returns whether there is anything to mask.</summary>
    public bool Finds(ReadOnlySpan<char> text)
    {
        foreach (TextForm form in _forms)
        {
            if (form.IsIn(text))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Masks what is found, character by character, so that a text keeps its length.</summary>
    public void Hide(Span<char> text)
    {
        foreach (TextForm form in _forms)
        {
            form.Hide(text, Mask);
        }
    }

    // An unbounded loop before the @: the compiler's code then looks for that, and goes back from it.
    [GeneratedRegex(@"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}", RegexOptions.CultureInvariant)]
    private static partial Regex Addresses();
}
