using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Checks what a body can be generated for, and what reads badly in a log.</summary>
internal static class MethodChecks
{
    private static readonly string[] Qualifiers = ["information:", "info:", "warning:", "warn:", "error:", "err:", "debug:", "trace:", "critical:"];

    /// <summary>Returns whether a method's declaration lets a body be generated.</summary>
    public static bool CanHaveBody(IMethodSymbol method, MethodDeclarationSyntax syntax, ProblemReport? report)
    {
        Location? name = report is null ? null : syntax.Identifier.GetLocation();
        bool can = true;
        if (!syntax.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            report?.Add(Descriptors.NotPartial, name, method.Name);
            can = false;
        }

        if (syntax.Body is not null || syntax.ExpressionBody is not null)
        {
            report?.Add(Descriptors.HasBody, name, method.Name);
            can = false;
        }

        if (!method.ReturnsVoid)
        {
            report?.Add(Descriptors.NotVoid, syntax.ReturnType.GetLocation(), method.Name);
            can = false;
        }

        if (syntax.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 } options)
        {
            report?.Add(Descriptors.LanguageVersion, name, method.Name, options.LanguageVersion.ToDisplayString());
            can = false;
        }

        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.IsFileLocal)
            {
                report?.Add(Descriptors.FileLocalType, name, type.Name, method.Name);
                can = false;
            }
        }

        foreach (ITypeParameterSymbol parameter in method.TypeParameters)
        {
            if (parameter.AllowsRefLikeType)
            {
                report?.Add(Descriptors.AllowsRefStruct, parameter.Locations[0], parameter.Name, method.Name);
                can = false;
            }
        }

        return can;
    }

    /// <summary>Returns whether every parameter's value can be logged.</summary>
    public static bool CanLogParameters(IMethodSymbol method, ProblemReport? report)
    {
        bool can = true;
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.RefKind == RefKind.Out)
            {
                report?.Add(Descriptors.OutParameter, parameter.Locations[0], parameter.Name);
                can = false;
            }
            else if (parameter.Type.TypeKind == TypeKind.Error)
            {
                // Half-typed code; the compiler says what is missing.
                can = false;
            }
        }

        return can;
    }

    /// <summary>Returns whether values of a type cannot be kept.</summary>
    public static bool CannotBeLogged(ITypeSymbol type) =>
        type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer || (type.IsRefLikeType && BinaryForms.Of(type).Form == ArgumentForm.Text);

    /// <summary>Returns whether each hole of the message is for a parameter or a field.</summary>
    public static bool HasValueForEachHole(
        IMethodSymbol method, ImmutableArray<TemplateHole> template, ImmutableArray<ArgumentModel> fields, MessageLocation location, ProblemReport? report)
    {
        bool has = true;
        foreach (TemplateHole hole in template)
        {
            if (hole.Name is not null && !method.Parameters.Any(p => hole.IsFor(p.Name)) && !fields.Any(f => hole.IsFor(f.Name)))
            {
                report?.Add(Descriptors.UnknownHole, location.Of(hole), hole.BareName, method.Name);
                has = false;
            }
        }

        return has;
    }

    /// <summary>Reports what a record would say twice, or not say.</summary>
    public static void ReportMessage(string message, ImmutableArray<TemplateHole> template, ParameterRoles roles, MessageLocation location, ProblemReport report)
    {
        string start = message.TrimStart();
        if (Qualifiers.FirstOrDefault(q => start.StartsWith(q, StringComparison.OrdinalIgnoreCase)) is { } qualifier)
        {
            report.Add(Descriptors.RedundantQualifier, location.Whole(), start.Substring(0, qualifier.Length));
        }

        var spellings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (TemplateHole hole in template.Where(static h => h.Name is not null))
        {
            DiagnosticDescriptor? redundant =
                roles.Level is { } level && hole.IsFor(level.Name) ? Descriptors.LevelInMessage
                : roles.Exception is { } exception && hole.IsFor(exception.Name) ? Descriptors.ExceptionInMessage
                : roles.Logger is { } logger && hole.IsFor(logger.Name) ? Descriptors.LoggerInMessage
                : null;
            if (redundant is not null)
            {
                report.Add(redundant, location.Of(hole), hole.BareName);
            }

            if (!spellings.TryGetValue(hole.BareName, out string spelling))
            {
                spellings.Add(hole.BareName, hole.BareName);
            }
            else if (spelling != hole.BareName)
            {
                report.Add(Descriptors.InconsistentCase, location.Of(hole), spelling, hole.BareName);
            }
        }

        if (message.Length > 0)
        {
            foreach (IParameterSymbol argument in roles.Arguments.Where(a => !spellings.ContainsKey(a.Name) && !SaysHow(a)))
            {
                report.Add(Descriptors.NotInMessage, argument.Locations[0], argument.Name);
            }
        }
    }

    /// <summary>Reports the holes that show what is no integer as a number of bytes.</summary>
    /// <param name="template">The template as it is written.</param>
    /// <param name="named">The same with the names that the fields have in the log.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="location">Finds the holes.</param>
    /// <param name="report">Takes what is wrong.</param>
    public static void ReportBytes(
        ImmutableArray<TemplateHole> template, ImmutableArray<TemplateHole> named, ImmutableArray<ArgumentModel> fields, MessageLocation location, ProblemReport report)
    {
        for (int i = 0; i < named.Length; i++)
        {
            TemplateHole hole = named[i];
            if (hole.Format == BinaryForm.Bytes && fields.FirstOrDefault(f => hole.IsFor(f.Name)) is { Classification: null } field && !MayKnowBytes(field))
            {
                report.Add(Descriptors.BytesOfNoInteger, location.Of(template[i]), template[i].BareName);
            }
        }
    }

    // A type of the user's that formats itself may have such a format too.
    private static bool MayKnowBytes(ArgumentModel field) =>
        BinaryForm.IsInteger(field.Binary)
        || (field.Binary.Form == ArgumentForm.Text && !field.IsSequence && !field.Type.StartsWith("global::System.", StringComparison.Ordinal));

    // Who marks a parameter has thought of its place in the log.
    private static bool SaysHow(IParameterSymbol parameter) => FieldMarks.Of(parameter) is { MaxDepth: not null } or { TagName: not null };
}
