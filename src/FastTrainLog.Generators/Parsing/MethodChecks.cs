using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Checks whether a body can be generated, and style problems of the log.</summary>
internal static class MethodChecks
{
    // The ones for which [LoggerMessage] warns: a method that is converted to our attribute must not get new warnings.
    private static readonly string[] Qualifiers = ["information:", "info:", "warning:", "warn:", "error:", "err:"];

    /// <summary>Returns whether a declaration is incomplete: the compiler reports what is missing, and more diagnostics would only obscure that.</summary>
    public static bool IsHalfTyped(IMethodSymbol method) => method.Parameters.Any(static p => p.Name.Length == 0 || HasError(p.Type));

    /// <summary>Returns whether a type is unknown, or constructed from an unknown one.</summary>
    public static bool HasError(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Error } => true,
        IArrayTypeSymbol array => HasError(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(HasError),
        _ => false,
    };

    /// <summary>Returns whether a body can be generated for a method's declaration.</summary>
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

            if (IsExtensionBlock(type))
            {
                report?.Add(Descriptors.ExtensionBlock, name, method.Name);
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

    /// <summary>Returns whether a type is an <c>extension</c> block of C# 14, which the generator's compiler version does not know yet; it has no name.</summary>
    public static bool IsExtensionBlock(INamedTypeSymbol type) => type.Name.Length == 0 && type.ContainingType is not null;

    /// <summary>Returns whether a method's type can contain the types that logging to another logger needs.</summary>
    public static bool CanHoldState(IMethodSymbol method, Location? name, ProblemReport? report)
    {
        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.TypeParameters.Any(static p => p.Variance != VarianceKind.None))
            {
                report?.Add(Descriptors.VariantInterface, name, method.Name, type.Name);
                return false;
            }
        }

        return true;
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
        }

        return can;
    }

    /// <summary>Returns whether values of a type cannot be stored.</summary>
    public static bool CannotBeLogged(ITypeSymbol type) =>
        type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer || (type.IsRefLikeType && BinaryForms.Of(type).Form == ArgumentForm.Text);

    /// <summary>Returns whether each placeholder of the message matches a parameter or a field.</summary>
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

    /// <summary>Reports values that a record would contain twice, or not at all.</summary>
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

    /// <summary>Reports the placeholders that show a value other than an integer as a byte count.</summary>
    /// <param name="template">The template as written.</param>
    /// <param name="named">The same with the names of the fields in the log.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="location">Finds the placeholders.</param>
    /// <param name="report">Receives the problems.</param>
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

    // A user's formattable type may support this format too.
    private static bool MayKnowBytes(ArgumentModel field) =>
        BinaryForm.IsInteger(field.Binary)
        || (field.Binary.Form == ArgumentForm.Text && !field.IsSequence && !field.Type.StartsWith("global::System.", StringComparison.Ordinal));

    // A parameter with such an attribute is intentionally a field.
    private static bool SaysHow(IParameterSymbol parameter) => FieldMarks.Of(parameter) is { MaxDepth: not null } or { TagName: not null } or { HasProvider: true };
}
