using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Memory;

/// <summary>
/// All parts of a compilation that can change the meaning of a log method, except the log methods themselves: its declarations, references and
/// options. An edit inside a body does not change it.
/// </summary>
internal sealed class Surface : IEquatable<Surface>
{
    private static readonly ConditionalWeakTable<Compilation, Surface> Known = new();
    private static readonly WeakReference<Surface> Last = new(null!);

    private readonly TreeSurface[] _trees;
    private readonly ulong _declarations;
    private readonly string? _assembly;
    private readonly CompilationOptions _options;
    private readonly ImmutableArray<MetadataReference> _references;
    private SurfaceChanges? _changes;

    private Surface(Compilation compilation)
    {
        _trees = [.. compilation.SyntaxTrees.Select(TreeSurface.Of)];
        _declarations = _trees.Aggregate(Fnv.Seed, static (hash, tree) => Fnv.Add(hash, tree.Hash));
        _assembly = compilation.AssemblyName;
        _options = compilation.Options;
        _references = compilation.ExternalReferences;
    }

    public static Surface Of(Compilation compilation)
    {
        if (Known.TryGetValue(compilation, out Surface known))
        {
            return known;
        }

        // One object for equal surfaces lets thousands of files compare them by reference.
        var surface = new Surface(compilation);
        if (Last.TryGetTarget(out Surface last) && surface.Equals(last))
        {
            surface = last;
        }
        else
        {
            Last.SetTarget(surface);
        }

        return Known.GetValue(compilation, _ => surface);
    }

    /// <summary>Returns what has changed since an earlier surface of the same project.</summary>
    public SurfaceChanges ChangesSince(Surface before)
    {
        if (Volatile.Read(ref _changes) is { } changes && changes.AreSince(before))
        {
            return changes;
        }

        changes = HasSameOptions(before) ? SurfaceChanges.Between(before, before._trees, _trees) : SurfaceChanges.All(before);
        Volatile.Write(ref _changes, changes);
        return changes;
    }

    public bool Equals(Surface? other) =>
        ReferenceEquals(this, other) || (other is not null && _declarations == other._declarations && HasSameOptions(other));

    public override bool Equals(object? obj) => Equals(obj as Surface);

    public override int GetHashCode() => _declarations.GetHashCode();

    // By reference: options contain a file resolver, and that of the command-line compiler throws when it is compared.
    private bool HasSameOptions(Surface other) =>
        _assembly == other._assembly
        && ReferenceEquals(_options, other._options)
        && _references.SequenceEqual(other._references, ReferenceComparer.Instance);

    private sealed class ReferenceComparer : IEqualityComparer<MetadataReference>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(MetadataReference x, MetadataReference y) => ReferenceEquals(x, y);

        public int GetHashCode(MetadataReference reference) => RuntimeHelpers.GetHashCode(reference);
    }
}
