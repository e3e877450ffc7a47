using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>Applies a project's configuration and suppressions of <c>[LoggerMessage]</c> diagnostics to ours, so that replacing the attribute causes no new warning.</summary>
/// <remarks>The code fix handles pragmas, by adding our identifiers to theirs, because the compiler does not pass pragmas to analyzers.</remarks>
internal static class TheirSuppressions
{
    private const string Ours = "FTL00";
    private const string Theirs = "SYSLIB10";

    // From this identifier on our diagnostics have no counterpart.
    private const string FirstOfOurOwn = "FTL0029";

    /// <summary>Returns a method's problem with the severity that the project configures for its counterpart, unless the problem itself is configured; null if it is suppressed.</summary>
    public static Diagnostic? Apply(Diagnostic problem, IMethodSymbol method, Compilation compilation, CancellationToken cancellation)
    {
        if (string.CompareOrdinal(problem.Id, FirstOfOurOwn) >= 0)
        {
            return problem;
        }

        string theirs = Theirs + problem.Id.Substring(Ours.Length);
        if (HasAttribute(theirs, method))
        {
            return null;
        }

        return OptionOf(problem.Id, problem, compilation, cancellation) is null && OptionOf(theirs, problem, compilation, cancellation) is { } option
            ? WithSeverity(problem, option)
            : problem;
    }

    private static Diagnostic? WithSeverity(Diagnostic problem, ReportDiagnostic option) => option switch
    {
        ReportDiagnostic.Suppress => null,
        ReportDiagnostic.Error => WithSeverity(problem, DiagnosticSeverity.Error),
        ReportDiagnostic.Warn => WithSeverity(problem, DiagnosticSeverity.Warning),
        ReportDiagnostic.Hidden => WithSeverity(problem, DiagnosticSeverity.Hidden),
        // Default: one of WarningsNotAsErrors. As a warning it would be an error after all, because that list does not have ours.
        _ => WithSeverity(problem, DiagnosticSeverity.Info),
    };

    private static Diagnostic WithSeverity(Diagnostic problem, DiagnosticSeverity severity) => Diagnostic.Create(
        problem.Id,
        problem.Descriptor.Category,
        problem.GetMessage(),
        severity,
        problem.DefaultSeverity,
        isEnabledByDefault: true,
        warningLevel: severity == DiagnosticSeverity.Error ? 0 : 1,
        isSuppressed: false,
        problem.Descriptor.Title,
        problem.Descriptor.Description,
        problem.Descriptor.HelpLinkUri,
        problem.Location,
        problem.AdditionalLocations,
        problem.Descriptor.CustomTags,
        problem.Properties);

    // NoWarn and rule sets have precedence over .editorconfig, as in the compiler.
    private static ReportDiagnostic? OptionOf(string id, Diagnostic problem, Compilation compilation, CancellationToken cancellation)
    {
        if (compilation.Options.SpecificDiagnosticOptions.TryGetValue(id, out ReportDiagnostic option))
        {
            return option;
        }

        SyntaxTreeOptionsProvider? options = compilation.Options.SyntaxTreeOptionsProvider;
        return options is not null
            && ((problem.Location.SourceTree is { } tree && options.TryGetDiagnosticValue(tree, id, cancellation, out option)) || options.TryGetGlobalDiagnosticValue(id, cancellation, out option))
                ? option
                : null;
    }

    private static bool HasAttribute(string id, IMethodSymbol method)
    {
        for (ISymbol? symbol = method; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingType)
        {
            string? target = DocumentationCommentId.CreateDeclarationId(symbol);
            if (symbol.GetAttributes().Any(a => Suppresses(a, id, _ => true))
                || method.ContainingAssembly.GetAttributes().Concat(method.ContainingModule.GetAttributes()).Any(a => Suppresses(a, id, t => t is null || t.TrimStart('~') == target)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Suppresses(AttributeData attribute, string id, Func<string?, bool> isFor) =>
        attribute.AttributeClass is { } type
        && KnownTypes.Is(type, "System.Diagnostics.CodeAnalysis", "SuppressMessageAttribute")
        && attribute.ConstructorArguments.Length == 2
        && attribute.ConstructorArguments[1].Value is string check
        && check.Split(':')[0].Trim() == id
        && isFor(attribute.NamedArguments.FirstOrDefault(static a => a.Key == "Target").Value.Value as string);
}
