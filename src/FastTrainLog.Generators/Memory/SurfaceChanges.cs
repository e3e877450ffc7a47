namespace FastTrainLog.Generators.Memory;

/// <summary>The names whose meaning may have changed between two surfaces.</summary>
/// <remarks>
/// A declaration affects a log method through its name: the method's signature or attribute mentions it, or a declaration
/// does that one of these mentions, and so on. A name that nothing mentions, such as that of a class being typed, affects no log method.
/// </remarks>
internal sealed class SurfaceChanges
{
    // Following more names than this takes longer than it saves, so everything is read again.
    private const int MaxNames = 256;
    private const string AttributeSuffix = "Attribute";

    private readonly WeakReference<Surface> _since;
    private readonly HashSet<string>? _names;

    private SurfaceChanges(Surface since, HashSet<string>? names)
    {
        _since = new WeakReference<Surface>(since);
        _names = names;
    }

    public static SurfaceChanges All(Surface since) => new(since, null);

    /// <summary>Compares the files of two surfaces.</summary>
    public static SurfaceChanges Between(Surface since, IReadOnlyList<TreeSurface> before, IReadOnlyList<TreeSurface> after)
    {
        int start = 0;
        while (start < before.Count && start < after.Count && before[start].Hash == after[start].Hash)
        {
            start++;
        }

        int end = 0;
        while (end < before.Count - start && end < after.Count - start && before[before.Count - 1 - end].Hash == after[after.Count - 1 - end].Hash)
        {
            end++;
        }

        List<TreeSurface> gone = [.. before.Skip(start).Take(before.Count - start - end)];
        List<TreeSurface> come = [.. after.Skip(start).Take(after.Count - start - end)];
        if (Globals(gone) != Globals(come))
        {
            return All(since);
        }

        HashSet<string> names = Changed(gone, come);
        if (!Namespaces(gone).SetEquals(Namespaces(come)))
        {
            HashSet<string> namespaces = Namespaces(before);
            namespaces.SymmetricExceptWith(Namespaces(after));
            names.UnionWith(namespaces);
        }

        return new SurfaceChanges(since, Follow(names, after) ? names : null);
    }

    public bool AreSince(Surface surface) => _since.TryGetTarget(out Surface since) && ReferenceEquals(since, surface);

    /// <summary>Returns whether the meaning of a file's log methods may have changed.</summary>
    public bool Reach(TreeSurface tree) => _names is null || tree.Mentions(_names);

    /// <summary>Adds the names whose meaning depends on changed names.</summary>
    /// <returns>Whether they are few enough to follow.</returns>
    private static bool Follow(HashSet<string> names, IReadOnlyList<TreeSurface> trees)
    {
        HashSet<string> last = names;
        while (last.Count > 0)
        {
            AddShortNames(last);
            names.UnionWith(last);
            if (names.Count > MaxNames || trees.Any(t => t.MentionedByGlobalUsings.Overlaps(last)))
            {
                return false;
            }

            var next = new HashSet<string>();
            foreach (TreeSurface tree in trees)
            {
                bool byUsings = tree.MentionedByUsings.Overlaps(last);
                next.UnionWith(tree.Types.Where(t => !names.Contains(t.Name) && (byUsings || t.Mentioned.Overlaps(last))).Select(static t => t.Name));
            }

            last = next;
        }

        return true;
    }

    // An attribute may be named without its suffix.
    private static void AddShortNames(HashSet<string> names)
    {
        foreach (string name in names.Where(static n => n.Length > AttributeSuffix.Length && n.EndsWith(AttributeSuffix, StringComparison.Ordinal)).ToList())
        {
            names.Add(name.Substring(0, name.Length - AttributeSuffix.Length));
        }
    }

    private static HashSet<string> Changed(List<TreeSurface> gone, List<TreeSurface> come)
    {
        Dictionary<string, ulong> before = Declared(gone);
        Dictionary<string, ulong> after = Declared(come);
        return [.. before.Keys.Union(after.Keys).Where(n => !before.TryGetValue(n, out ulong b) || !after.TryGetValue(n, out ulong a) || a != b)];
    }

    // In the order of the files, which is that of the parts of a type.
    private static Dictionary<string, ulong> Declared(List<TreeSurface> trees)
    {
        var declared = new Dictionary<string, ulong>();
        foreach (TreeSurface tree in trees)
        {
            foreach (TypeSurface type in tree.Types)
            {
                declared.TryGetValue(type.Name, out ulong hash);
                declared[type.Name] = Fnv.Add(hash, type.Hash);
            }

            foreach (KeyValuePair<string, ulong> method in tree.Methods)
            {
                declared.TryGetValue(method.Key, out ulong hash);
                declared[method.Key] = Fnv.Add(hash, method.Value);
            }
        }

        return declared;
    }

    private static ulong Globals(List<TreeSurface> trees) =>
        trees.Where(static t => t.Globals != TreeSurface.NoGlobals).Aggregate(Fnv.Seed, static (hash, tree) => Fnv.Add(hash, tree.Globals));

    private static HashSet<string> Namespaces(IReadOnlyList<TreeSurface> trees) => [.. trees.SelectMany(static t => t.Namespaces)];
}
