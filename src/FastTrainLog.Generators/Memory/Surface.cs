using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Memory;

/// <summary>
/// All of a compilation that can change what a log method means, without the log methods themselves: its declarations, references and
/// options. An edit inside a body leaves it as it was.
/// </summary>
internal sealed class Surface : IEquatable<Surface>
{
    private static readonly ConditionalWeakTable<Compilation, Surface> Known = new();
    private static readonly WeakReference<Surface> Last = new(null!);

    private readonly ulong _declarations;
    private readonly CompilationOptions _options;
    private readonly ImmutableArray<MetadataReference> _references;

    private Surface(Compilation compilation)
    {
        ulong hash = TreeSurface.Seed;
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            hash = TreeSurface.Combine(hash, TreeSurface.Of(tree));
        }

        _declarations = hash;
        _options = compilation.Options;
        _references = compilation.ExternalReferences;
    }

    public static Surface Of(Compilation compilation)
    {
        if (Known.TryGetValue(compilation, out Surface known))
        {
            return known;
        }

        // One object for equal surfaces lets thousands of methods compare them by reference.
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

    public bool Equals(Surface? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && _declarations == other._declarations
            && _options.Equals(other._options)
            && _references.SequenceEqual(other._references, ReferenceComparer.Instance));

    public override bool Equals(object? obj) => Equals(obj as Surface);

    public override int GetHashCode() => _declarations.GetHashCode();

    private sealed class ReferenceComparer : IEqualityComparer<MetadataReference>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(MetadataReference x, MetadataReference y) => ReferenceEquals(x, y);

        public int GetHashCode(MetadataReference reference) => RuntimeHelpers.GetHashCode(reference);
    }
}
