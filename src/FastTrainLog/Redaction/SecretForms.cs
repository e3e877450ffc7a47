using System.Text.RegularExpressions;

namespace FastTrainLog.Redaction;

/// <summary>The forms by which secrets are known in texts.</summary>
/// <remarks>Bounded expressions that the compiler turns into code, each behind a search for the words that it cannot do without.</remarks>
internal static partial class SecretForms
{
    // A name is looked at to this length before the word by which it was found.
    private const int MostOfName = 128;
    private const int MostBlanks = 8;

    /// <summary>Gets them.</summary>
    public static TextForm[] All { get; } =
    [
        new(new AnyOf(StringComparison.Ordinal, "://"), Credentials(), static (_, start, end) => (start + 3)..(end - 1)),
        new(
            new AnyOf(StringComparison.OrdinalIgnoreCase, "pass", "pwd", "secret", "credential", "authorization", "token", "key", "auth", "pat", "sas", "pin"),
            Names(),
            ValueOf),
        new(
            new AnyOf(
                StringComparison.Ordinal, "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "sk-", "hf_", "npm_", "pypi-", "AKIA", "ASIA", "AIza", "eyJ", "Bearer", "PRIVATE KEY"),
            Tokens(),
            static (_, start, end) => start..end),
    ];

    // What is assigned to the name that ends with a match, if that is the name of a secret.
    private static Range ValueOf(ReadOnlySpan<char> text, int start, int end)
    {
        int first = start;
        while (first > 0 && start - first < MostOfName && IsOfName(text[first - 1]))
        {
            first--;
        }

        int last = start;
        while (IsOfName(text[last]))
        {
            last++;
        }

        if (!SecretNames.IsSecretInText(text[first..last].ToString(), first == 0 ? ' ' : text[first - 1], text[last]))
        {
            return default;
        }

        int at = end;
        while (at < text.Length && at - end < MostBlanks && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        // Also within JSON, and JSON within that.
        at += at < text.Length && text[at] == '\\' ? 1 : 0;
        at += at < text.Length && text[at] is '"' or '\'' ? 1 : 0;
        foreach (ValueMatch value in Value().EnumerateMatches(text[at..]))
        {
            return at..(at + value.Length);
        }

        return default;
    }

    private static bool IsOfName(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.';

    // Of a URL: postgres://name:password@host.
    [GeneratedRegex("://[^\\s/?#@\"']{1,384}@", RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();

    // password = "…", api_key: …, Authorization: Bearer …, also in JSON and in the query of a URL: up to the value.
    [GeneratedRegex(
        "(?:pass|pwd|secret|credential|authorization|token|key|auth|pat|sas|pin)[A-Za-z0-9_.-]{0,64}\\\\?[\"']?\\s{0,8}[=:]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Names();

    [GeneratedRegex("^(?:(?:Basic|Bearer|Digest|Token)\\s{1,8})?[^\\s\"',;&\\\\]{1,4096}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Value();

    // By the beginnings that their issuers give them: GitHub, GitLab, Slack, OpenAI and others, Hugging Face, npm, PyPI, Amazon, Google, JSON Web Tokens, private keys in PEM.
    [GeneratedRegex(
        @"\b(?:gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{16,255}|xox[abeoprs]-[A-Za-z0-9-]{10,255}|sk-[A-Za-z0-9_-]{20,255}|hf_[A-Za-z0-9]{20,255}|npm_[A-Za-z0-9]{30,255}|pypi-[A-Za-z0-9_-]{30,255}"
        + @"|A(?:KIA[A-Z0-9]{16}|SIA[A-Z0-9]{16}|Iza[A-Za-z0-9_-]{35})|eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,4096}|Bearer\s{1,8}[A-Za-z0-9._~+/=-]{16,4096})|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();
}
