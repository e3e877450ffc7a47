using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>Finds the attributed methods in the compiler's usual way and writes nothing: what such a generator costs at least.</summary>
internal sealed class EmptyGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
        context.SyntaxProvider
            .ForAttributeWithMetadataName("FastTrainLog.TrainLogAttribute", static (node, _) => node is MethodDeclarationSyntax, static (found, _) => found.TargetSymbol.Name)
            .Collect(),
        static (_, _) => { });
}
