namespace FastTrainLog.Generators.Models;

/// <summary>A type and its attributed methods: one generated file.</summary>
/// <param name="Name">The type.</param>
/// <param name="FileName">The name of the file.</param>
/// <param name="Methods">The methods, in the order of their declaration.</param>
internal sealed record TypeModel(TypeName Name, string FileName, EquatableArray<MethodModel> Methods);
