using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>Says what makes a call of a <c>[TrainLog]</c> method allocate.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HotPathAnalyzer : DiagnosticAnalyzer
{
    // From here on a call may cost what it wants: it is rare.
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

                // By type: the compiler counts a method whose body is generated among generated code, and offers it to no analyzer.
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
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.InterpolatedArgument, argument.Value.Syntax.GetLocation(), parameter.Name, call.TargetMethod.Name));
            }
            else if (attribute.Level is not >= ErrorLevel && Allocations.In(argument) is { } allocation)
            {
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.AllocatingArgument, argument.Value.Syntax.GetLocation(), parameter.Name, allocation, call.TargetMethod.Name));
            }
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

    /// <summary>Returns whether a call stands behind a question whether its level is enabled, or behind an exception, which costs far more.</summary>
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
