using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Chooses the binary form of a type; must match what the library's decoder reads.</summary>
internal static class BinaryForms
{
    /// <summary>The form of a summary of numbers.</summary>
    public static readonly BinaryForm Summary = new(ArgumentForm.Value, "TensorSummary", 40);

    private static readonly BinaryForm Text = new(ArgumentForm.Text, "Text");

    public static BinaryForm Of(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            BinaryForm form = Of(nullable.TypeArguments[0]);
            return form.Form is ArgumentForm.Value or ArgumentForm.CastValue && Element(nullable.TypeArguments[0]) is null ? form with { IsNullable = true } : Text;
        }

        return OfSpecial(type.SpecialType) ?? OfNamed(type) ?? Text;
    }

    private static BinaryForm? OfSpecial(SpecialType type) => type switch
    {
        SpecialType.System_Boolean => new(ArgumentForm.Value, "Boolean", 1),
        SpecialType.System_Char => new(ArgumentForm.Value, "Char", 2),
        SpecialType.System_SByte => new(ArgumentForm.Value, "SByte", 1),
        SpecialType.System_Byte => new(ArgumentForm.Value, "Byte", 1),
        SpecialType.System_Int16 => new(ArgumentForm.Value, "Int16", 2),
        SpecialType.System_UInt16 => new(ArgumentForm.Value, "UInt16", 2),
        SpecialType.System_Int32 => new(ArgumentForm.Value, "Int32", 4),
        SpecialType.System_UInt32 => new(ArgumentForm.Value, "UInt32", 4),
        SpecialType.System_Int64 => new(ArgumentForm.Value, "Int64", 8),
        SpecialType.System_UInt64 => new(ArgumentForm.Value, "UInt64", 8),
        SpecialType.System_IntPtr => new(ArgumentForm.CastValue, "Int64", 8, Cast: "long"),
        SpecialType.System_UIntPtr => new(ArgumentForm.CastValue, "UInt64", 8, Cast: "ulong"),
        SpecialType.System_Single => new(ArgumentForm.Value, "Single", 4),
        SpecialType.System_Double => new(ArgumentForm.Value, "Double", 8),
        SpecialType.System_Decimal => new(ArgumentForm.Value, "Decimal", 16),
        SpecialType.System_DateTime => new(ArgumentForm.Value, "DateTime", 8),
        SpecialType.System_String => new(ArgumentForm.String, "String"),
        _ => null,
    };

    private static BinaryForm? OfNamed(ITypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Enum)
        {
            return OfEnum((INamedTypeSymbol)type);
        }

        if (Element(type) is { } element)
        {
            return KnownTypes.IsMetric(element) && !IsMemory(type) ? new(ArgumentForm.Metrics, "Metrics")
                : element.SpecialType == SpecialType.System_Char && type.IsRefLikeType ? new(ArgumentForm.CharSpan, "String")
                : KnownTypes.IsNumber(element) && type is not IArrayTypeSymbol ? Summary
                : null;
        }

        if (KnownTypes.IsTensorSummary(type))
        {
            return Summary;
        }

        if (KnownTypes.IsPropertyList(type))
        {
            return new(ArgumentForm.Properties, "Properties");
        }

        if (type is not INamedTypeSymbol { Arity: 0, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true }, ContainingType: null })
        {
            return null;
        }

        return type.Name switch
        {
            "Half" => new(ArgumentForm.Value, "Half", 2),
            "DateTimeOffset" => new(ArgumentForm.Value, "DateTimeOffset", 16),
            "TimeSpan" => new(ArgumentForm.Value, "TimeSpan", 8),
            "Guid" => new(ArgumentForm.Value, "Guid", 16),
            _ => null,
        };
    }

    /// <summary>Returns whether a type is memory, which has a span.</summary>
    public static bool IsMemory(ITypeSymbol type) =>
        type is INamedTypeSymbol { Arity: 1, Name: "ReadOnlyMemory" or "Memory", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    /// <summary>Returns the element type of a span, memory or an array.</summary>
    public static ITypeSymbol? Element(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
        INamedTypeSymbol { Arity: 1, Name: "ReadOnlySpan" or "Span" or "ReadOnlyMemory" or "Memory", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } span => span.TypeArguments[0],
        _ => null,
    };

    private static BinaryForm OfEnum(INamedTypeSymbol type)
    {
        SpecialType underlying = type.EnumUnderlyingType?.SpecialType ?? SpecialType.System_Int32;
        bool isSigned = underlying is SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_Int32 or SpecialType.System_Int64;
        int size = OfSpecial(underlying)?.Size ?? sizeof(int);
        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>();
        ImmutableArray<ulong>.Builder values = ImmutableArray.CreateBuilder<ulong>();
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IFieldSymbol { HasConstantValue: true } field)
            {
                names.Add(field.Name);
                values.Add(isSigned ? unchecked((ulong)Convert.ToInt64(field.ConstantValue)) : Convert.ToUInt64(field.ConstantValue));
            }
        }

        bool isFlags = type.GetAttributes().Any(static a => a.AttributeClass is { } attribute && KnownTypes.IsFlags(attribute));
        return new BinaryForm(
            ArgumentForm.CastValue,
            "Enum",
            8,
            Cast: isSigned ? "long" : "ulong",
            Enum: new EnumModel(names.ToImmutable(), values.ToImmutable(), isFlags, isSigned, size));
    }
}
