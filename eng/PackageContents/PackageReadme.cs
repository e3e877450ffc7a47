using System.Text.RegularExpressions;

namespace FastTrainLog.PackageContents;

/// <summary>A README as it stands on a package's page, which is no folder of the repository: its links and pictures are absolute.</summary>
internal static partial class PackageReadme
{
    /// <summary>Returns the text of a README with absolute links.</summary>
    /// <param name="file">The README.</param>
    /// <param name="root">The root of the repository.</param>
    /// <param name="address">The address of the repository, without a slash at its end.</param>
    /// <exception cref="FileNotFoundException">A link leads to no file.</exception>
    public static string Of(string file, string root, string address)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        string text = Snippet().Replace(File.ReadAllText(file), string.Empty);
        return Link().Replace(text, link =>
        {
            string target = link.Groups["target"].Value;
            string path = Path.GetFullPath(target.Split('#')[0], folder);
            string inRepository = Path.GetRelativePath(root, path).Replace('\\', '/');
            if (!File.Exists(path) && !Directory.Exists(path))
            {
                throw new FileNotFoundException($"{file} links to {target}, which does not exist.", path);
            }

            string fragment = target.Contains('#') ? target[target.IndexOf('#')..] : string.Empty;
            string kind = link.Groups["picture"].Length > 0 ? "raw" : "blob";
            return $"{link.Groups["picture"].Value}[{link.Groups["text"].Value}]({address}/{kind}/main/{inRepository}{fragment})";
        });
    }

    // Marks for the tests of the repository.
    [GeneratedRegex(@"^<!-- snippet: .*-->\n", RegexOptions.Multiline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"(?<picture>!?)\[(?<text>[^\]]*)\]\((?<target>(?!\w+:|#)[^)\s]+)\)")]
    private static partial Regex Link();
}
