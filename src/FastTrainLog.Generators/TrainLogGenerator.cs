using FastTrainLog.Generators.Emit;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators;

/// <summary>Writes the bodies of methods marked with <c>[TrainLog]</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class TrainLogGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<MethodModel> methods = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownTypes.Attribute,
                static (node, _) => node is MethodDeclarationSyntax,
                static (attributed, _) => MethodParser.Parse(
                    (IMethodSymbol)attributed.TargetSymbol, (MethodDeclarationSyntax)attributed.TargetNode, attributed.Attributes[0], report: null))
            .Where(static method => method is not null)
            .Select(static (method, _) => method!)
            .WithTrackingName(Steps.Methods);

        IncrementalValuesProvider<TypeModel> types = methods
            .Collect()
            .SelectMany(static (all, _) => TypeGrouping.Group(all))
            .WithTrackingName(Steps.Types);

        IncrementalValueProvider<ZLoggerModel?> zlogger = context.CompilationProvider
            .Select(static (compilation, _) => ZLoggerReader.Read(compilation))
            .WithTrackingName(Steps.ZLogger);

        context.RegisterSourceOutput(
            types.Combine(zlogger),
            static (output, pair) => output.AddSource(pair.Left.FileName, TypeEmitter.Emit(pair.Left, pair.Right)));
    }
}
