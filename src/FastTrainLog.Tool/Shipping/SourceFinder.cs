using System.Diagnostics;
using FastTrainLog.Reading;
using FastTrainLog.Shipping;

namespace FastTrainLog.Tool.Shipping;

/// <summary>The log directories that are shipped: those given, and those below a root, whenever they come.</summary>
/// <param name="directories">Those given.</param>
/// <param name="root">The root that is watched; null for none.</param>
internal sealed class SourceFinder(IReadOnlyList<string> directories, string? root)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly List<ShipSource> _found = [.. directories.Select(directory => new ShipSource(Normal(directory), root is null && directories.Count == 1 ? string.Empty : Path.GetFileName(Normal(directory))))];
    private long _looked;

    /// <summary>Returns a finder of the same directories for another thread.</summary>
    public SourceFinder Copy() => new(directories, root);

    /// <summary>Returns the directories, those that came since the last time at the end; without those below the root that are gone.</summary>
    public IReadOnlyList<ShipSource> Find()
    {
        if (root is null || (_looked != 0 && Stopwatch.GetElapsedTime(_looked) < Interval))
        {
            return _found;
        }

        string top = Normal(root);
        _found.RemoveAll(known => !directories.Any(given => Normal(given) == known.Directory) && !Directory.Exists(known.Directory));
        foreach (string directory in Directory.Exists(top) ? LogDirectories.AtAndBelow(top) : [])
        {
            if (!_found.Exists(known => known.Directory == directory))
            {
                string name = directory == top ? string.Empty : Path.GetRelativePath(top, directory).Replace(Path.DirectorySeparatorChar, '/');
                _found.Add(new ShipSource(directory, name));
            }
        }

        _looked = Stopwatch.GetTimestamp();
        return _found;
    }

    private static string Normal(string directory) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
}
