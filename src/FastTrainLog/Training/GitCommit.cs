namespace FastTrainLog.Training;

/// <summary>The current commit of a directory's git repository, read from its files without starting a program.</summary>
/// <param name="Id">The commit.</param>
/// <param name="Branch">The branch; null if none is checked out.</param>
internal sealed record GitCommit(string Id, string? Branch)
{
    private const string Reference = "ref: ";
    private const string Branches = "refs/heads/";
    private const int MostHops = 8;

    /// <summary>Finds the commit of the repository that contains a directory; null if there is no repository or no commit.</summary>
    public static GitCommit? Find(string directory)
    {
        try
        {
            for (DirectoryInfo? at = new(directory); at is not null; at = at.Parent)
            {
                string git = Path.Combine(at.FullName, ".git");
                if (Directory.Exists(git) || File.Exists(git))
                {
                    return Read(Directory.Exists(git) ? git : Linked(at.FullName, git));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            // A repository that cannot be read must not prevent the start of a run.
        }

        return null;
    }

    // A worktree or a submodule: the file contains the path of its repository.
    private static string Linked(string directory, string file)
    {
        const string Lead = "gitdir: ";
        string text = File.ReadAllText(file).Trim();
        return Path.GetFullPath(text.StartsWith(Lead, StringComparison.Ordinal) ? text[Lead.Length..] : text, directory);
    }

    private static GitCommit? Read(string git)
    {
        string common = Path.Combine(git, "commondir") is var link && File.Exists(link) ? Path.GetFullPath(File.ReadAllText(link).Trim(), git) : git;
        string head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        string? branch = head.StartsWith(Reference + Branches, StringComparison.Ordinal) ? head[(Reference + Branches).Length..] : null;
        for (int hop = 0; hop < MostHops && head.StartsWith(Reference, StringComparison.Ordinal); hop++)
        {
            string name = head[Reference.Length..];
            string? file = new[] { git, common }.Select(root => Path.Combine(root, name)).FirstOrDefault(File.Exists);
            if ((file is null ? Packed(common, name) : File.ReadAllText(file).Trim()) is not { } next)
            {
                return null;
            }

            head = next;
        }

        return head.Length >= 40 && head.All(char.IsAsciiHexDigit) ? new GitCommit(head, branch) : null;
    }

    private static string? Packed(string git, string name)
    {
        string packed = Path.Combine(git, "packed-refs");
        return File.Exists(packed)
            ? File.ReadLines(packed).Select(line => line.Split(' ')).Where(parts => parts.Length == 2 && parts[1] == name).Select(parts => parts[0]).FirstOrDefault()
            : null;
    }
}
