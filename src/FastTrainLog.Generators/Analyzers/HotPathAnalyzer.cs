using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>Reports what makes a call of a <c>[TrainLog]</c> method allocate.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HotPathAnalyzer : DiagnosticAnalyzer
{
    // From this level on the cost of a call does not matter, because such calls are rare.
    private const int ErrorLevel = 4;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Descriptors.InterpolatedArgument, Descriptors.AllocatingArgument, Descriptors.FormattedByToString];

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
        var call = (IInvocationOperation)context.Operation;
        if (!call.TargetMethod.ReturnsVoid || AttributeOf(call.TargetMethod) is not { } attribute || IsGuarded(call))
        {
            return;
        }

        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter is not { } parameter || argument.ArgumentKind == ArgumentKind.DefaultValue || KnownTypes.IsException(parameter.Type))
            {
                continue;
            }

            if (Allocations.IsBuiltString(argument.Value))
            {
                Report(context, call.TargetMethod, Descriptors.InterpolatedArgument, argument, parameter.Name, call.TargetMethod.Name);
            }
            else if (attribute.Level is not >= ErrorLevel && Allocations.In(argument) is { } allocation)
            {
                Report(context, call.TargetMethod, Descriptors.AllocatingArgument, argument, parameter.Name, allocation, call.TargetMethod.Name);
            }
        }
    }

    // A method on any logger may have used another generator before, without a warning: for it this is a suggestion, which does not break the build.
    private static void Report(OperationAnalysisContext context, IMethodSymbol method, DiagnosticDescriptor descriptor, IArgumentOperation argument, params object[] arguments)
    {
        bool isOwn = LoggerFinder.Find(method, method.Parameters.FirstOrDefault(static p => KnownTypes.IsLogger(p.Type)), name: null, report: null) is { Kind: LoggerKind.TrainLogger };
        context.ReportDiagnostic(Diagnostic.Create(
            descriptor, argument.Value.Syntax.GetLocation(), isOwn ? descriptor.DefaultSeverity : DiagnosticSeverity.Info, additionalLocations: null, properties: null, arguments));
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
        if (AttributeOf(method) is not { } attribute || attribute.Level is >= ErrorLevel)
        {
            return;
        }

        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (FieldMarks.Of(parameter) is { MaxDepth: null, Classification: null } && IsFormattedByToString(parameter.Type))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.FormattedByToString, parameter.Locations[0], parameter.Name, parameter.Type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)));
            }
        }
    }

    private static AttributeArguments? AttributeOf(IMethodSymbol method) =>
        method.GetAttributes().FirstOrDefault(static a => a.AttributeClass is { } type && KnownTypes.IsTrainLogAttribute(type)) is { } attribute
            ? AttributeArguments.Read(attribute)
            : null;

    /// <summary>Returns whether a call is guarded by a check of its level, or handles an exception, which costs far more.</summary>
    private static bool IsGuarded(IOperation call)
    {
        for (IOperation? outer = call.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is ICatchClauseOperation)
            {
                return true;
            }

            if (outer is IConditionalOperation conditional
                && conditional.Condition.DescendantsAndSelf().Any(static o => o is IInvocationOperation { TargetMethod.Name: "IsEnabled" }))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFormattedByToString(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        return type is INamedTypeSymbol { IsRefLikeType: false }
            && BinaryForms.Of(type).Form == ArgumentForm.Text
            && !KnownTypes.IsException(type)
            && !KnownTypes.IsLogger(type)
            && !KnownTypes.IsLogLevel(type)
            && !KnownTypes.IsSequence(type)
            && !KnownTypes.IsSpanFormattable(type)
            && !type.AllInterfaces.Any(KnownTypes.IsSpanFormattable);
    }
}
