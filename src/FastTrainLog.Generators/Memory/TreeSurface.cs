using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Memory;

/// <summary>What a file can mean to a log method in another file: its declarations, without bodies and without the log methods themselves.</summary>
internal sealed class TreeSurface
{
    /// <summary>The hash in <see cref="Globals"/> where nothing holds in every file.</summary>
    public const ulong NoGlobals = Fnv.Seed;

    private static readonly ConditionalWeakTable<SyntaxTree, TreeSurface> Known = new();

    /// <summary>Gets a hash of all below but <see cref="MentionedByLogMethods"/>.</summary>
    public required ulong Hash { get; init; }

    /// <summary>Gets a hash of what holds in every file: global usings, attributes of the assembly, types of the platform's own namespace.</summary>
    public required ulong Globals { get; init; }

    /// <summary>Gets the types, outermost ones only.</summary>
    public required IReadOnlyList<TypeSurface> Types { get; init; }

    /// <summary>Gets the names of methods with a hash of where they are declared; all else of a method means nothing to another.</summary>
    public required IReadOnlyDictionary<string, ulong> Methods { get; init; }

    /// <summary>Gets each part of the names of the file's namespaces.</summary>
    public required HashSet<string> Namespaces { get; init; }

    /// <summary>Gets the names that the file's own usings look up.</summary>
    public required HashSet<string> MentionedByUsings { get; init; }

    public required HashSet<string> MentionedByGlobalUsings { get; init; }

    public required HashSet<string> MentionedByLogMethods { get; init; }

    public static TreeSurface Of(SyntaxTree tree) => Known.GetValue(tree, TreeSurfaceReader.Read);

    /// <summary>Returns whether one of some names may mean something to the file's log methods.</summary>
    public bool Mentions(HashSet<string> names) =>
        MentionedByUsings.Overlaps(names)
        || MentionedByLogMethods.Overlaps(names)
        || Types.Any(t => names.Contains(t.Name) || t.Mentioned.Overlaps(names));
}
