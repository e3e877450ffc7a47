using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>What the attributes of a parameter or property say of how it is logged.</summary>
/// <param name="MaxDepth">How many levels of its properties are logged; null where it is logged as one value.</param>
/// <param name="OmitsName">Whether its properties are named without its name.</param>
/// <param name="TagName">Its name in the log, or null.</param>
/// <param name="Limit">How many of its numbers are logged one by one; null where that is not asked for.</param>
/// <param name="IsSummary">Whether its numbers are summarised.</param>
/// <param name="IsIgnored">Whether it is left out.</param>
/// <param name="Classification">The class of the attribute that classifies it, or null.</param>
internal sealed record FieldMarks(int? MaxDepth, bool OmitsName, string? TagName, int? Limit, bool IsSummary, bool IsIgnored, string? Classification)
{
    private const string AnyClassification = "global::" + KnownTypes.Classification;
    private const int DefaultDepth = 3;

    public static readonly FieldMarks None = new(null, false, null, null, false, false, null);

    public static FieldMarks Of(IParameterSymbol parameter) => parameter.GetAttributes().Aggregate(None, static (marks, attribute) => marks.With(attribute));

    public static FieldMarks Of(IPropertySymbol property)
    {
        FieldMarks marks = None;
        for (IPropertySymbol? p = property; p is not null; p = p.OverriddenProperty)
        {
            marks = p.GetAttributes().Aggregate(marks, static (m, attribute) => m.With(attribute));
        }

        // What stands before a parameter of a record's header marks that parameter, but its author means the property.
        return !property.ContainingType.IsRecord
            ? marks
            : property.ContainingType.InstanceConstructors
                .SelectMany(static c => c.Parameters)
                .Where(p => p.Name == property.Name && SymbolEqualityComparer.Default.Equals(p.Type, property.Type))
                .SelectMany(static p => p.GetAttributes())
                .Aggregate(marks, static (m, attribute) => m.With(attribute));
    }

    /// <summary>Returns the classification of a part, given that of the whole; where the two differ neither is asked, and the value is erased.</summary>
    public static string? Join(string? whole, string? part) => whole is null || whole == part ? part : part is null ? whole : AnyClassification;

    private FieldMarks With(AttributeData attribute)
    {
        if (attribute.AttributeClass is not { } type)
        {
            return this;
        }

        for (INamedTypeSymbol? t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (KnownTypes.IsClassification(t))
            {
                return this with { Classification = Join(Classification, type.ToDisplayString(TypeFormats.Full)) };
            }
        }

        return !KnownTypes.Is(type, "FastTrainLog", type.Name) ? this : type.Name switch
        {
            "LogPropertiesAttribute" => this with
            {
                MaxDepth = Named(attribute, "MaxDepth") as int? ?? DefaultDepth,
                OmitsName = Named(attribute, "OmitReferenceName") is true,
            },
            "LogPropertyIgnoreAttribute" => this with { IsIgnored = true },
            "TagNameAttribute" when First(attribute) is string { Length: > 0 } name => this with { TagName = name },
            "LogValuesAttribute" when First(attribute) is int limit => this with { Limit = limit },
            "LogSummaryAttribute" => this with { IsSummary = true },
            _ => this,
        };
    }

    private static object? First(AttributeData attribute) =>
        attribute.ConstructorArguments.Length == 1 && attribute.ConstructorArguments[0].Kind == TypedConstantKind.Primitive ? attribute.ConstructorArguments[0].Value : null;

    private static object? Named(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value is { Kind: TypedConstantKind.Primitive } value ? value.Value : null;
}
