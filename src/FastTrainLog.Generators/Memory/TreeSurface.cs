using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Memory;

/// <summary>The parts of a file that can affect a log method in another file: its declarations, without bodies and without the log methods themselves.</summary>
internal sealed class TreeSurface
{
    /// <summary>The hash in <see cref="Globals"/> of a file without declarations that apply to every file.</summary>
    public const ulong NoGlobals = Fnv.Seed;

    private static readonly ConditionalWeakTable<SyntaxTree, TreeSurface> Known = new();

    /// <summary>Gets a hash of the following properties except <see cref="MentionedByLogMethods"/>.</summary>
    public required ulong Hash { get; init; }

    /// <summary>Gets a hash of the declarations that apply to every file: global usings, attributes of the assembly, types of the platform's own namespace.</summary>
    public required ulong Globals { get; init; }

    /// <summary>Gets the types, outermost ones only.</summary>
    public required IReadOnlyList<TypeSurface> Types { get; init; }

    /// <summary>Gets the names of methods with a hash of their locations; the rest of a method does not affect others.</summary>
    public required IReadOnlyDictionary<string, ulong> Methods { get; init; }

    /// <summary>Gets each part of the names of the file's namespaces.</summary>
    public required HashSet<string> Namespaces { get; init; }

    /// <summary>Gets the names that the file's own usings look up.</summary>
    public required HashSet<string> MentionedByUsings { get; init; }

    public required HashSet<string> MentionedByGlobalUsings { get; init; }

    public required HashSet<string> MentionedByLogMethods { get; init; }

    public static TreeSurface Of(SyntaxTree tree) => Known.GetValue(tree, TreeSurfaceReader.Read);

    /// <summary>Returns whether one of some names may affect the file's log methods.</summary>
    public bool Mentions(HashSet<string> names) =>
        MentionedByUsings.Overlaps(names)
        || MentionedByLogMethods.Overlaps(names)
        || Types.Any(t => names.Contains(t.Name) || t.Mentioned.Overlaps(names));
}
