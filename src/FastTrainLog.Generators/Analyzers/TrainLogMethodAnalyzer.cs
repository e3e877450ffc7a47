using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>Reports style problems of <c>[TrainLog]</c> methods; the generator reports what prevents a body from being generated.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrainLogMethodAnalyzer : DiagnosticAnalyzer
{
    /// <summary>Gets all diagnostics of a method, including the generator's, so that tools that list an analyzer's rules know them.</summary>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Descriptors.LevelInMessage,
        Descriptors.DuplicateEventId,
        Descriptors.NotVoid,
        Descriptors.NoLoggerParameter,
        Descriptors.NotPartial,
        Descriptors.AllowsRefStruct,
        Descriptors.RedundantQualifier,
        Descriptors.ExceptionInMessage,
        Descriptors.UnknownHole,
        Descriptors.NotInMessage,
        Descriptors.HasBody,
        Descriptors.NoLevel,
        Descriptors.LoggerInMessage,
        Descriptors.NoLoggerMember,
        Descriptors.SeveralLoggers,
        Descriptors.InconsistentCase,
        Descriptors.MalformedMessage,
        Descriptors.OutParameter,
        Descriptors.DuplicateEventName,
        Descriptors.LanguageVersion,
        Descriptors.HiddenLogger,
        Descriptors.UnsupportedType,
        Descriptors.FileLocalType,
        Descriptors.NegativeLimit,
        Descriptors.TwoLimits,
        Descriptors.SameName,
        Descriptors.LimitOutOfRange,
        Descriptors.NoNumbers,
        Descriptors.NoProperties,
        Descriptors.PropertyCycle,
        Descriptors.DepthLimit,
        Descriptors.TakenApartInMessage,
        Descriptors.ClassifiedInContainer,
        Descriptors.ClassifiedException,
        Descriptors.DepthOutOfRange,
        Descriptors.BytesOfNoInteger,
        Descriptors.ExtensionBlock,
        Descriptors.TagProvider,
        Descriptors.VariantInterface,
        Descriptors.NullIsLogged,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.Attribute) is { } attribute)
            {
                start.RegisterSymbolAction(symbol => AnalyzeType(symbol, attribute), SymbolKind.NamedType);
            }
        });
    }

    private static void AnalyzeType(SymbolAnalysisContext context, INamedTypeSymbol attribute)
    {
        var read = new List<(MethodModel Model, IMethodSymbol Method)>();
        foreach (ISymbol member in ((INamedTypeSymbol)context.Symbol).GetMembers())
        {
            if (member is not IMethodSymbol method
                || method.GetAttributes().FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute)) is not { } data
                || data.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).Parent?.Parent is not MethodDeclarationSyntax syntax)
            {
                continue;
            }

            var report = new ProblemReport(takesErrors: false);
            if (MethodParser.Parse(method, syntax, data, report) is { } model)
            {
                ReportDuplicates(read, model, method, report);
                read.Add((model, method));
            }

            foreach (Diagnostic problem in report.Problems)
            {
                if (TheirSuppressions.Apply(problem, method, context.Compilation, context.CancellationToken) is { } applied)
                {
                    context.ReportDiagnostic(applied);
                }
            }
        }
    }

    private static void ReportDuplicates(List<(MethodModel Model, IMethodSymbol Method)> before, MethodModel model, IMethodSymbol method, ProblemReport report)
    {
        // Overloads share their name intentionally, and their identifier if it is computed from the name.
        if (before.Find(b => b.Model.EventId == model.EventId && !(b.Model.HasOwnEventId is false && model.HasOwnEventId is false)).Method is { } sameId)
        {
            report.Add(Descriptors.DuplicateEventId, method.Locations[0], method.Name, sameId.Name, method.ContainingType.Name, model.EventId);
        }

        // As in [LoggerMessage]: a name that is only the method's name was not chosen explicitly.
        if (model.HasOwnEventName && before.Find(b => b.Model.HasOwnEventName && b.Model.EventName == model.EventName).Method is { } sameName)
        {
            report.Add(Descriptors.DuplicateEventName, method.Locations[0], method.Name, sameName.Name, method.ContainingType.Name, model.EventName);
        }
    }
}
