using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>Suggests <c>[TrainLog]</c> for equivalent plain calls and other attributes.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConversionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.PlainCall, Descriptors.OtherAttribute];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.Attribute) is not null)
            {
                start.RegisterOperationAction(AnalyzeCall, OperationKind.Invocation);

                // By type, because the compiler treats a method with a generated body as generated code, and does not pass it to analyzers.
                start.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
            }
        });
    }

    private static void AnalyzeCall(OperationAnalysisContext context)
    {
        if (PlainLogCall.Read((IInvocationOperation)context.Operation) is { } call)
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.PlainCall, call.Syntax.GetLocation(), ((IInvocationOperation)context.Operation).TargetMethod.Name));
        }
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        foreach (IMethodSymbol method in ((INamedTypeSymbol)context.Symbol).GetMembers().OfType<IMethodSymbol>().Where(static m => m.IsPartialDefinition))
        {
            AnalyzeMethod(context, method);
        }
    }

    private static void AnalyzeMethod(SymbolAnalysisContext context, IMethodSymbol method)
    {
        foreach (AttributeData attribute in method.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && KnownTypes.IsOtherAttribute(type) && OtherMethod.CanTakeOurs(method, attribute, context.CancellationToken)
                && attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) is AttributeSyntax syntax)
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.OtherAttribute, syntax.GetLocation(), method.Name));
            }
        }
    }
}
