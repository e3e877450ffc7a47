using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>A method with the attribute of another generator that would log the same with ours.</summary>
internal static class OtherMethod
{
    /// <summary>The beginning of a ZLogger format that gives the value another name.</summary>
    public const char NameMark = '@';

    // These diagnostics correspond to those of [LoggerMessage]: a method that gets one had it before.
    private static readonly ImmutableHashSet<string> Shared = ImmutableHashSet.Create(
        Descriptors.LevelInMessage.Id,
        Descriptors.RedundantQualifier.Id,
        Descriptors.ExceptionInMessage.Id,
        Descriptors.NotInMessage.Id,
        Descriptors.LoggerInMessage.Id);

    /// <summary>Returns whether a method logs the same with our attribute, without a new warning.</summary>
    public static bool CanTakeOurs(IMethodSymbol method, AttributeData attribute, CancellationToken cancellation)
    {
        bool isZLogger = KnownTypes.IsZLoggerAttribute(attribute.AttributeClass!);
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).Parent?.Parent is not MethodDeclarationSyntax syntax
            || AttributeArguments.Read(attribute) is not { } arguments
            || OptionalSections.MayBeIn(arguments.Message)
            || method.Parameters.Any(p => MeansSomethingElse(p, isZLogger)))
        {
            return false;
        }

        var errors = new ProblemReport(takesErrors: true);
        var advice = new ProblemReport(takesErrors: false);
        return MethodParser.Parse(method, syntax, attribute, errors) is not null
            && errors.Problems.IsEmpty
            && MethodParser.Parse(method, syntax, attribute, advice) is not null
            && advice.Problems.All(p => p.Id != Descriptors.NullIsLogged.Id && (p.Severity < DiagnosticSeverity.Warning || (!isZLogger && Shared.Contains(p.Id))))
            && (!isZLogger || HoldsForZLogger(arguments.Message, new MessageLocation(attribute, arguments.Message)));
    }

    // Numbers in memory are summarised; ZLogger writes all except plain values as JSON.
    private static bool MeansSomethingElse(IParameterSymbol parameter, bool isZLogger)
    {
        ITypeSymbol type = ObjectProperties.Underlying(parameter.Type);
        return ArgumentReader.IsSummarisedByItself(type)
            || (isZLogger
                && !KnownTypes.IsLogger(type)
                && !KnownTypes.IsException(type)
                && BinaryForms.Of(type).Form is ArgumentForm.Text or ArgumentForm.Metrics or ArgumentForm.Properties
                && !(KnownTypes.IsFormattable(type) && !KnownTypes.IsSequence(type)));
    }

    // A format with a name is replaced by an attribute, for which the message must be a literal that can be edited.
    private static bool HoldsForZLogger(string message, MessageLocation location)
    {
        TemplateParser.Parse(message, out ImmutableArray<TemplateHole> pieces);
        return pieces.All(static p => p.Format != "json" && p.Format?.EndsWith(":json", StringComparison.Ordinal) != true)
            && (pieces.All(static p => p.Format is null || p.Format[0] != NameMark) || location.Literal() is not null);
    }
}
