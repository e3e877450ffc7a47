namespace FastTrainLog.Tests.Shared;

/// <summary>The files of the repository that these tests were built from.</summary>
internal static class Repository
{
    // Not by the compiler's path of this file: a deterministic build replaces it.
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Gets the documents whose code and links are checked.</summary>
    public static string[] Documents => [Path.Combine(Root, "README.md"), .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot(string directory) => File.Exists(Path.Combine(directory, "FastTrainLog.sln"))
        ? directory
        : FindRoot(Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds FastTrainLog.sln."));
}
