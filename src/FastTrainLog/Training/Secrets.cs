using System.Text;
using System.Text.RegularExpressions;
using FastTrainLog.Redaction;

namespace FastTrainLog.Training;

/// <summary>Masks secrets in the start record of a run, by the names of values and by what texts have.</summary>
/// <remarks>Classify values that are known to be secret where they are logged, or do not pass them.</remarks>
internal static partial class Secrets
{
    // For a character of a secret, until its length is hidden too.
    private const char Hidden = '\0';

    /// <summary>Returns a value, or the mask if its name indicates a secret.</summary>
    public static object? Redact(string name, object? value) => value switch
    {
        null or bool => value,
        _ when SecretNames.IsSecret(name) => MaskingRedactor.Hidden,
        string text => Redact(text),
        _ => value,
    };

    /// <summary>Masks probable secrets in a text.</summary>
    public static string Redact(string text)
    {
        char[] characters = text.ToCharArray();
        foreach (TextForm form in SecretForms.All)
        {
            form.Hide(characters, Hidden);
        }

        if (characters.AsSpan().SequenceEqual(text))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length);
        for (int i = 0; i < characters.Length; i++)
        {
            if (characters[i] != Hidden)
            {
                shown.Append(characters[i]);
            }
            else if (i == 0 || characters[i - 1] != Hidden)
            {
                shown.Append(MaskingRedactor.Hidden);
            }
        }

        return shown.ToString();
    }

    /// <summary>Masks the secrets of a command line: the value of an option whose name indicates a secret, after it or joined to it.</summary>
    public static string[] RedactArguments(IReadOnlyList<string> arguments)
    {
        string[] shown = [.. arguments];
        for (int i = 0; i < shown.Length; i++)
        {
            bool isOption = shown[i].StartsWith('-') && !shown[i].Contains('=') && !shown[i].Contains(':');
            if (isOption && i + 1 < shown.Length && SecretNames.IsSecret(shown[i]) && !shown[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                shown[++i] = MaskingRedactor.Hidden;
            }
            else
            {
                shown[i] = JoinedValue().Match(shown[i]) is { Success: true } joined && SecretNames.IsSecret(joined.Groups[1].Value)
                    ? joined.Value + MaskingRedactor.Hidden
                    : Redact(shown[i]);
            }
        }

        return shown;
    }

    [GeneratedRegex(@"^([-/]{0,2}[A-Za-z][A-Za-z0-9_.-]*)[=:](?!//)")]
    private static partial Regex JoinedValue();
}
