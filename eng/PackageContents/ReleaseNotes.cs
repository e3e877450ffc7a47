using System.Text.RegularExpressions;

namespace FastTrainLog.PackageContents;

/// <summary>The part of the changelog that belongs to a version.</summary>
internal static partial class ReleaseNotes
{
    // NuGet takes 35,000 characters.
    private const int Most = 30_000;

    /// <summary>Returns the notes of a version; of one that the changelog does not have, those of what is unreleased.</summary>
    /// <param name="changelog">The text of the changelog.</param>
    /// <param name="version">The version, with or without a suffix.</param>
    /// <param name="address">The address of the repository, without a slash at its end.</param>
    public static string Of(string changelog, string version, string address)
    {
        Dictionary<string, string> parts = Part().Matches(changelog).ToDictionary(static part => part.Groups["version"].Value, static part => part.Groups["notes"].Value.Trim());
        string notes = parts.GetValueOrDefault(version) ?? parts.GetValueOrDefault(version.Split('-')[0]) ?? parts["Unreleased"];
        string whole = $"{address}/blob/main/CHANGELOG.md";
        return notes.Length <= Most ? $"{notes}\n\n{whole}\n" : $"{notes[..notes.LastIndexOf('\n', Most)]}\n\n… {whole}\n";
    }

    [GeneratedRegex(@"^## \[(?<version>[^\]]+)\][^\n]*\n(?<notes>.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Part();
}
