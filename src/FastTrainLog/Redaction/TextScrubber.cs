using System.Text.RegularExpressions;

namespace FastTrainLog.Redaction;

/// <summary>Finds keys, tokens, passwords and e-mail addresses in texts, and masks them.</summary>
/// <remarks>
/// The known forms are bounded expressions that the compiler turns into code, each behind a search for the words that it cannot do without. A pattern of the user takes time linear in a text's length, whatever
/// the two are (<see cref="RegexOptions.NonBacktracking"/>). Thread-safe.
/// </remarks>
internal sealed partial class TextScrubber
{
    private const char Mask = '*';

    private static readonly Form[] KnownForms =
    [
        new(new AnyOf(StringComparison.Ordinal, "://"), Credentials(), static match => 3..(match.Length - 1)),
        new(new AnyOf(StringComparison.OrdinalIgnoreCase, "pass", "pwd", "secret", "key", "token", "authorization"), Assignments(), static match => StartOfValue(match)..),
        new(
            new AnyOf(
                StringComparison.Ordinal, "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "sk-", "hf_", "npm_", "pypi-", "AKIA", "ASIA", "AIza", "eyJ", "Bearer", "PRIVATE KEY"),
            Tokens(),
            static _ => ..),
        new(new AnyOf(StringComparison.Ordinal, "@"), Addresses(), static _ => ..),
    ];

    private readonly Form[] _forms;

    /// <summary>Initializes a scrubber.</summary>
    /// <param name="rules">What it masks.</param>
    /// <exception cref="ArgumentException">The pattern is no regular expression, or one that cannot be searched in linear time, or it matches an empty text.</exception>
    public TextScrubber(ScrubRules rules)
    {
        Rules = rules;
        Form[] own = rules.Pattern.Length == 0 ? [] : [new Form(null, Compile(rules.Pattern), static _ => ..)];
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
        foreach (Form form in _forms)
        {
            if (form.MayBeIn(text) && form.Regex.IsMatch(text))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Masks what is found, character by character, so that a text keeps its length.</summary>
    public void Hide(Span<char> text)
    {
        foreach (Form form in _forms)
        {
            if (!form.MayBeIn(text))
            {
                continue;
            }

            foreach (ValueMatch match in form.Regex.EnumerateMatches(text))
            {
                Span<char> found = text.Slice(match.Index, match.Length);
                found[form.PartOf(found)].Fill(Mask);
            }
        }
    }

    // The name of what is assigned, or of a scheme, has letters, digits, _ and - only.
    private static int StartOfValue(ReadOnlySpan<char> assignment)
    {
        int end = assignment.IndexOfAny('=', ':') + 1;
        while (end < assignment.Length - 1 && (char.IsWhiteSpace(assignment[end]) || assignment[end] is '"' or '\'' or '\\'))
        {
            end++;
        }

        return end;
    }

    // Of a URL: postgres://name:password@host.
    [GeneratedRegex("://[^\\s/@:\"']{0,128}:[^\\s/@\"']{1,256}@", RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();

    // password = "…", api_key: …, Authorization: Bearer …, also in JSON and in the query of a URL.
    [GeneratedRegex(
        "(?<![A-Za-z])(?:pass(?:word|wd|phrase)|pwd|secret|(?:api|access|secret|private|account|encryption)[_-]?key|client[_-]?secret|(?:api|access|auth|refresh|session|id)[_-]?token|token(?==)|authorization)"
        + "\\\\?[\"']?\\s{0,8}[=:]\\s{0,8}\\\\?[\"']?(?:(?:Basic|Bearer|Digest|Token)\\s{1,8})?[^\\s\"',;&\\\\]{1,4096}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assignments();

    // By the beginnings that their issuers give them: GitHub, GitLab, Slack, OpenAI and others, Hugging Face, npm, PyPI, Amazon, Google, JSON Web Tokens, private keys in PEM.
    [GeneratedRegex(
        @"\b(?:gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{16,255}|xox[abeoprs]-[A-Za-z0-9-]{10,255}|sk-[A-Za-z0-9_-]{20,255}|hf_[A-Za-z0-9]{20,255}|npm_[A-Za-z0-9]{30,255}|pypi-[A-Za-z0-9_-]{30,255}"
        + @"|A(?:KIA[A-Z0-9]{16}|SIA[A-Z0-9]{16}|Iza[A-Za-z0-9_-]{35})|eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,4096}|Bearer\s{1,8}[A-Za-z0-9._~+/=-]{16,4096})|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();

    // An unbounded loop before the @: the compiler's code then looks for that, and goes back from it.
    [GeneratedRegex(@"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}", RegexOptions.CultureInvariant)]
    private static partial Regex Addresses();

    /// <summary>A form of what is masked.</summary>
    /// <param name="words">The words of which it has one; null if that is not known.</param>
    /// <param name="regex">Finds it, and what it is known by.</param>
    /// <param name="partOf">The part of a match that is masked.</param>
    private sealed class Form(AnyOf? words, Regex regex, Form.Part partOf)
    {
        internal delegate Range Part(ReadOnlySpan<char> match);

        public Regex Regex => regex;

        public bool MayBeIn(ReadOnlySpan<char> text) => words?.IsIn(text) != false;

        public Range PartOf(ReadOnlySpan<char> match) => partOf(match);
    }
}
