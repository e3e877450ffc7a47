using System.Text.RegularExpressions;

namespace FastTrainLog.Training;

/// <summary>Masks secrets in the start record of a run, by the names of values and by patterns in texts.</summary>
/// <remarks>A heuristic: secrets that cannot be recognised are not masked. Classify values that are known to be secret where they are logged, or do not pass them.</remarks>
internal static partial class Secrets
{
    /// <summary>The replacement of a secret.</summary>
    public const string Mask = "****";

    private static readonly HashSet<string> Anywhere = new(StringComparer.OrdinalIgnoreCase)
    {
        "password", "passwd", "passphrase", "pwd", "secret", "secrets", "credential", "credentials", "apikey", "authorization",
    };

    // A tokenizer and the number of tokens are not secrets: for these words only the last word of a name counts.
    private static readonly HashSet<string> AtTheEnd = new(StringComparer.OrdinalIgnoreCase) { "token", "key", "auth", "pat", "sas", "pin" };

    /// <summary>Returns whether a value with this name is a secret.</summary>
    public static bool IsSecret(string name)
    {
        string[] words = [.. Words().Matches(name).Select(match => match.Value)];
        return words.Any(Anywhere.Contains) || (words.Length > 0 && AtTheEnd.Contains(words[^1]));
    }

    /// <summary>Returns a value, or the mask if its name indicates a secret.</summary>
    public static object? Redact(string name, object? value) => value switch
    {
        null or bool => value,
        _ when IsSecret(name) => Mask,
        string text => Redact(text),
        _ => value,
    };

    /// <summary>Masks probable secrets in a text: credentials in an address, a secret among its parameters, a bearer's token, a password of a connection string.</summary>
    public static string Redact(string text)
    {
        text = Credentials().Replace(text, $"$1{Mask}@");
        text = Bearer().Replace(text, $"$1{Mask}");
        return Assignment().Replace(text, match => IsSecret(match.Groups[1].Value) ? match.Groups[1].Value + match.Groups[2].Value + Mask : match.Value);
    }

    /// <summary>Masks the secrets of a command line: the value of an option whose name indicates a secret, after it or joined to it.</summary>
    public static string[] RedactArguments(IReadOnlyList<string> arguments)
    {
        string[] shown = [.. arguments];
        for (int i = 0; i < shown.Length; i++)
        {
            bool isOption = shown[i].StartsWith('-') && !shown[i].Contains('=') && !shown[i].Contains(':');
            if (isOption && i + 1 < shown.Length && IsSecret(shown[i]) && !shown[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                shown[++i] = Mask;
            }
            else
            {
                shown[i] = JoinedValue().Match(shown[i]) is { Success: true } joined && IsSecret(joined.Groups[1].Value)
                    ? joined.Groups[1].Value + joined.Groups[2].Value + Mask
                    : Redact(shown[i]);
            }
        }

        return shown;
    }

    // api_key, api-key, apiKey, APIKey and API_KEY are two words each.
    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")]
    private static partial Regex Words();

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]*://)[^/?#\s@]+@")]
    private static partial Regex Credentials();

    [GeneratedRegex(@"\b(Bearer\s+|Basic\s+)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9_ -]*)(\s?=\s?)[^;&\s""']+")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^([-/]{0,2}[A-Za-z][A-Za-z0-9_.-]*)([=:])(?!//)")]
    private static partial Regex JoinedValue();
}
