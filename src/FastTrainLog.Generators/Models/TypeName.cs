namespace FastTrainLog.Generators.Models;

/// <summary>A type that declares attributed methods, with the types that contain it.</summary>
/// <param name="Namespace">The namespace, or an empty text for the global one.</param>
/// <param name="Declarations">The declarations to repeat, outermost first, as in <c>partial class Run&lt;T&gt;</c>.</param>
/// <param name="MetadataName">The dotted name with arities, unique in the assembly.</param>
internal sealed record TypeName(string Namespace, EquatableArray<string> Declarations, string MetadataName);
