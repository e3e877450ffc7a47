using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>Recognises arguments whose evaluation allocates.</summary>
internal static class Allocations
{
    private static readonly HashSet<string> StringMakers = ["Format", "Concat", "Join", "Substring", "Replace", "Trim", "ToUpper", "ToLower", "ToUpperInvariant", "ToLowerInvariant"];

    /// <summary>Returns whether a value is a string built from parts for which a template could have placeholders.</summary>
    public static bool IsBuiltString(IOperation value) => Unwrapped(value) switch
    {
        { ConstantValue.HasValue: true } => false,
        IInterpolatedStringOperation => true,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } => true,
        _ => false,
    };

    /// <summary>Returns the allocation of an argument, as the end of a sentence, or null.</summary>
    public static string? In(IArgumentOperation argument)
    {
        if (argument.Value is IConversionOperation conversion && conversion.GetConversion().IsBoxing)
        {
            return $"boxes '{conversion.Operand.Type?.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}'";
        }

        IOperation value = Unwrapped(argument.Value);
        if (value.ConstantValue.HasValue)
        {
            return null;
        }

        return value switch
        {
            IArrayCreationOperation { Initializer.ElementValues.Length: 0 } => null,
            IArrayCreationOperation => "allocates an array",
            ICollectionExpressionOperation { Elements.Length: > 0, Type: { IsReferenceType: true } type } => $"allocates '{Name(type)}'",
            IAnonymousObjectCreationOperation => "allocates an object",
            IObjectCreationOperation { Type: { IsReferenceType: true } type } when !KnownTypes.IsException(type) => $"allocates '{Name(type)}'",
            IInvocationOperation call => OfCall(call),
            _ => null,
        };
    }

    private static string? OfCall(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        bool makesString = method.Name == "ToString"
            ? call.Instance?.Type?.SpecialType != SpecialType.System_String
            : method.ContainingType.SpecialType == SpecialType.System_String && StringMakers.Contains(method.Name);
        return makesString ? $"creates a string by {method.Name}"
            : method.Name is "ToArray" or "ToList" && method.ReturnType.IsReferenceType ? $"allocates '{Name(method.ReturnType)}' by {method.Name}"
            : null;
    }

    private static IOperation Unwrapped(IOperation value) =>
        value is IConversionOperation { OperatorMethod: null } conversion ? Unwrapped(conversion.Operand) : value;

    private static string Name(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
}
