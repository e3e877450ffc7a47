using System.Text.RegularExpressions;

namespace FastTrainLog.Redaction;

/// <summary>Which names are those of secrets: of configuration values, of options, and of what is assigned in a text.</summary>
/// <remarks>A heuristic: a secret whose name says nothing is not recognized.</remarks>
internal static partial class SecretNames
{
    private static readonly HashSet<string> Anywhere = new(StringComparer.OrdinalIgnoreCase)
    {
        "password", "passwd", "passphrase", "pwd", "secret", "secrets", "credential", "credentials", "apikey", "authorization",
    };

    // A tokenizer, the number of tokens and of passes are not secrets: for these words only the last word of a name counts.
    private static readonly HashSet<string> AtTheEnd = new(StringComparer.OrdinalIgnoreCase) { "token", "key", "pass", "auth", "pat", "sas", "pin" };

    // Before such a word: then it is a token of a text, a key of a table or of attention, a pass over data.
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "pad", "eos", "bos", "unk", "sep", "cls", "mask", "eot", "eod", "start", "end", "stop", "special", "image", "audio", "video", "text", "prompt", "first", "last", "next", "previous", "per", "each", "every",
        "primary", "foreign", "sort", "group", "partition", "cache", "dict", "index", "column", "row", "label", "feature", "metric", "state", "config", "attn", "attention", "self", "query", "num",
        "forward", "backward", "second", "single", "one", "no",
    };

    /// <summary>Returns whether a value with this name is a secret.</summary>
    public static bool IsSecret(string name) => KindOf(name) != Kind.None;

    /// <summary>Returns whether what is assigned to this name in a text is a secret: a single word that is often something else counts only where its surroundings say so.</summary>
    /// <param name="name">The name.</param>
    /// <param name="before">The character before it; a blank at the start of the text.</param>
    /// <param name="after">The character after it.</param>
    public static bool IsSecretInText(string name, char before, char after) => KindOf(name) switch
    {
        Kind.None => false,
        // In the query of an address, and token=….
        Kind.SingleWord => before is '?' or '&' || (after == '=' && (name.Equals("token", StringComparison.OrdinalIgnoreCase) || name.Equals("pass", StringComparison.OrdinalIgnoreCase))),
        _ => true,
    };

    private static Kind KindOf(string name)
    {
        string[] words = [.. Words().Matches(name).Select(match => match.Value)];
        return words.Any(Anywhere.Contains) ? Kind.Certain
            : words.Length == 0 || !AtTheEnd.Contains(words[^1]) ? Kind.None
            : words.Length == 1 ? Kind.SingleWord
            : Harmless.Contains(words[^2]) ? Kind.None
            : Kind.Certain;
    }

    // api_key, api-key, apiKey, APIKey and API_KEY are two words each.
    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    private enum Kind
    {
        None,
        SingleWord,
        Certain,
    }
}
