using FastTrainLog.Generators.Emit;
using FastTrainLog.Generators.Memory;
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
        IncrementalValuesProvider<FileModel> files = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is CompilationUnitSyntax file && LogMethods.In(file).Any(),
                static (found, cancellation) => FileMemory.Read(found.SemanticModel, (CompilationUnitSyntax)found.Node, cancellation))
            .WithTrackingName(Steps.Files);

        IncrementalValuesProvider<Diagnostic> errors = files
            .SelectMany(static (file, _) => file.Errors.Items)
            .WithTrackingName(Steps.Errors);

        IncrementalValuesProvider<TypeModel> types = files
            .Select(static (file, _) => file.Methods)
            .Collect()
            .SelectMany(static (all, _) => TypeGrouping.Group(all))
            .WithTrackingName(Steps.Types);

        IncrementalValueProvider<ZLoggerModel?> zlogger = context.CompilationProvider
            .Select(static (compilation, _) => ZLoggerReader.Read(compilation))
            .WithTrackingName(Steps.ZLogger);

        context.RegisterSourceOutput(errors, static (output, error) => output.ReportDiagnostic(error));
        context.RegisterSourceOutput(
            types.Combine(zlogger),
            static (output, pair) => output.AddSource(pair.Left.FileName, TypeEmitter.Emit(pair.Left, pair.Right)));
    }
}
