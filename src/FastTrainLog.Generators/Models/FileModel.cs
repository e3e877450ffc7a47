using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Models;

/// <summary>The models and errors of a file.</summary>
/// <param name="Methods">The methods for which a body can be generated.</param>
/// <param name="Errors">The errors of the others. They contain locations, so they may be used only for reporting: the methods are cached separately.</param>
internal sealed record FileModel(EquatableArray<MethodModel> Methods, EquatableArray<Diagnostic> Errors);
