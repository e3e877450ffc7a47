using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>The logging of a parameter or property, as specified by its attributes.</summary>
/// <param name="MaxDepth">The number of levels of its properties that are logged; null if it is logged as one value.</param>
/// <param name="OmitsName">Whether its properties are named without its name.</param>
/// <param name="TagName">Its name in the log, or null.</param>
/// <param name="Limit">The number of its numbers that are logged individually; null if that is not set.</param>
/// <param name="IsSummary">Whether its numbers are summarised.</param>
/// <param name="IsIgnored">Whether it is omitted.</param>
/// <param name="Classification">Its classification, or null.</param>
internal sealed record FieldMarks(int? MaxDepth, bool OmitsName, string? TagName, int? Limit, bool IsSummary, bool IsIgnored, Classification? Classification)
{
    /// <summary>The maximum depth.</summary>
    public const int GreatestDepth = 8;

    private const int DefaultDepth = 3;
    private const string MicrosoftLogging = "Microsoft.Extensions.Logging";

    public static readonly FieldMarks None = new(null, false, null, null, false, false, null);

    /// <summary>Gets whether only properties with their own attribute are expanded, as with Microsoft's attribute.</summary>
    public bool TakesMarkedApart { get; private init; }

    /// <summary>Gets whether properties that are null are to be omitted.</summary>
    public bool SkipsNull { get; private init; }

    /// <summary>Gets whether a user's method supplies what is logged.</summary>
    public bool HasProvider { get; private init; }

    public static FieldMarks Of(IParameterSymbol parameter) =>
        parameter.GetAttributes().Aggregate(OfType(parameter.Type), static (marks, attribute) => marks.With(attribute));

    public static FieldMarks Of(IPropertySymbol property)
    {
        FieldMarks marks = OfType(property.Type);
        for (IPropertySymbol? p = property; p is not null; p = p.OverriddenProperty)
        {
            marks = p.GetAttributes().Aggregate(marks, static (m, attribute) => m.With(attribute));
        }

        marks = marks with { Classification = ClassifiedElsewhere(property).Aggregate(marks.Classification, Parsing.Classification.Join) };

        // An attribute on a positional parameter of a record applies to the parameter, but is meant for the property.
        return !property.ContainingType.IsRecord
            ? marks
            : property.ContainingType.InstanceConstructors
                .SelectMany(static c => c.Parameters)
                .Where(p => p.Name == property.Name && SymbolEqualityComparer.Default.Equals(p.Type, property.Type))
                .SelectMany(static p => p.GetAttributes())
                .Aggregate(marks, static (m, attribute) => m.With(attribute));
    }

    // The value is the same, whether the attribute is on the property, its backing field, or an interface that it implements.
    private static IEnumerable<Classification?> ClassifiedElsewhere(IPropertySymbol property)
    {
        foreach (IFieldSymbol field in property.ContainingType.GetMembers().OfType<IFieldSymbol>().Where(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property)))
        {
            yield return Parsing.Classification.In(field);
        }

        foreach (IPropertySymbol declared in property.ContainingType.AllInterfaces.Where(static i => !ObjectProperties.IsOfThePlatform(i)).SelectMany(i => i.GetMembers(property.Name)).OfType<IPropertySymbol>())
        {
            if (SymbolEqualityComparer.Default.Equals(property.ContainingType.FindImplementationForInterfaceMember(declared), property))
            {
                yield return Parsing.Classification.In(declared);
            }
        }
    }

    private static FieldMarks OfType(ITypeSymbol type) => Parsing.Classification.OfType(type) is { } classification ? None with { Classification = classification } : None;

    private FieldMarks With(AttributeData attribute)
    {
        if (attribute.AttributeClass is not { } type)
        {
            return this;
        }

        if (Parsing.Classification.By(type) is { } classification)
        {
            return this with { Classification = Parsing.Classification.Join(Classification, classification) };
        }

        return KnownTypes.Is(type, "FastTrainLog", type.Name) ? WithOwn(attribute, type.Name)
            : KnownTypes.Is(type, MicrosoftLogging, type.Name) ? WithMicrosofts(attribute, type.Name)
            : this;
    }

    private FieldMarks WithOwn(AttributeData attribute, string name) => name switch
    {
        "LogFieldsAttribute" => this with
        {
            MaxDepth = Named(attribute, "MaxDepth") as int? ?? DefaultDepth,
            OmitsName = Named(attribute, "OmitReferenceName") is true,
        },
        "LogIgnoreAttribute" => this with { IsIgnored = true },
        "LogNameAttribute" when First(attribute) is string { Length: > 0 } given => this with { TagName = given },
        "LogValuesAttribute" when First(attribute) is int limit => this with { Limit = limit },
        "LogSummaryAttribute" => this with { IsSummary = true },
        _ => this,
    };

    private FieldMarks WithMicrosofts(AttributeData attribute, string name) => name switch
    {
        "LogPropertiesAttribute" => this with
        {
            MaxDepth = Named(attribute, "Transitive") is true ? GreatestDepth : 1,
            TakesMarkedApart = Named(attribute, "Transitive") is not true,
            OmitsName = Named(attribute, "OmitReferenceName") is true,
            SkipsNull = Named(attribute, "SkipNullProperties") is true,
        },
        "LogPropertyIgnoreAttribute" => this with { IsIgnored = true },
        "TagNameAttribute" when First(attribute) is string { Length: > 0 } given => this with { TagName = given },
        "TagProviderAttribute" => this with { HasProvider = true },
        _ => this,
    };

    private static object? First(AttributeData attribute) =>
        attribute.ConstructorArguments.Length == 1 && attribute.ConstructorArguments[0].Kind == TypedConstantKind.Primitive ? attribute.ConstructorArguments[0].Value : null;

    private static object? Named(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value is { Kind: TypedConstantKind.Primitive } value ? value.Value : null;
}
