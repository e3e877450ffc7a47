using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Recognises the types that are relevant to a log call.</summary>
internal static class KnownTypes
{
    public const string Attribute = "FastTrainLog.TrainLogAttribute";

    public const string ClassifiedData = "FastTrainLog.ClassifiedDataAttribute";

    private const string Logging = "Microsoft.Extensions.Logging";
    private const string MicrosoftClassification = "Microsoft.Extensions.Compliance.Classification";

    public static bool IsTrainLogAttribute(ITypeSymbol type) => Is(type, "FastTrainLog", "TrainLogAttribute");

    public static bool IsTrainLogger(ITypeSymbol type) => Is(type, "FastTrainLog", "TrainLogger");

    public static bool IsMetric(ITypeSymbol type) => Is(type, "FastTrainLog", "Metric");

    public static bool IsPropertyList(ITypeSymbol type) => Is(type, "FastTrainLog.Records", "PropertyList");

    public static bool IsTensorSummary(ITypeSymbol type) => Is(type, "FastTrainLog", "TensorSummary");

    /// <summary>Returns whether a class is the base of classifying attributes: the library's, or Microsoft's, which is recognised without a reference.</summary>
    public static bool IsClassification(ITypeSymbol attribute) =>
        Is(attribute, "FastTrainLog", "ClassifiedDataAttribute") || Is(attribute, MicrosoftClassification, "DataClassificationAttribute");

    /// <summary>Returns whether an attribute declares that a value is not classified.</summary>
    public static bool IsNoClassification(ITypeSymbol attribute) => Is(attribute, MicrosoftClassification, "NoDataClassificationAttribute");

    /// <summary>Returns whether a type is a number type that can be summarised.</summary>
    public static bool IsNumber(ITypeSymbol type) =>
        type.IsUnmanagedType
        && type.SpecialType != SpecialType.System_Char
        && (type is ITypeParameterSymbol parameter ? parameter.ConstraintTypes.Any(static c => IsNumberInterface(c) || c.AllInterfaces.Any(IsNumberInterface)) : type.AllInterfaces.Any(IsNumberInterface));

    /// <summary>Returns whether a type formats itself.</summary>
    public static bool IsFormattable(ITypeSymbol type) => type.AllInterfaces.Any(static i => Is(i, "System", "IFormattable"));

    public static bool IsLogLevel(ITypeSymbol type) => Is(type, Logging, "LogLevel");

    /// <summary>Returns whether a type is the interface of all loggers itself.</summary>
    public static bool IsPlainLogger(ITypeSymbol type) => Is(type, Logging, "ILogger") && type is INamedTypeSymbol { Arity: 0 };

    public static bool IsLogger(ITypeSymbol type) =>
        IsPlainLogger(type)
        || IsTrainLogger(type)
        || type.AllInterfaces.Any(IsPlainLogger)
        || (type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(IsLogger));

    /// <summary>Returns whether a type contains <c>LogInformation</c> and similar methods.</summary>
    public static bool IsLoggerExtensions(ITypeSymbol type) => Is(type, Logging, "LoggerExtensions");

    /// <summary>Returns whether <c>[TrainLog]</c> can replace an attribute by changing only the name.</summary>
    public static bool IsOtherAttribute(ITypeSymbol type) => Is(type, Logging, "LoggerMessageAttribute") || IsZLoggerAttribute(type);

    public static bool IsZLoggerAttribute(ITypeSymbol type) => Is(type, "ZLogger", "ZLoggerMessageAttribute");

    public static bool IsException(ITypeSymbol type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.Any(IsException);
        }

        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (Is(t, "System", "Exception"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns whether an interface is the one by which a value is formatted without a string.</summary>
    public static bool IsSpanFormattable(ITypeSymbol type) => Is(type, "System", "ISpanFormattable");

    public static bool IsFlags(ITypeSymbol attribute) => Is(attribute, "System", "FlagsAttribute");

    /// <summary>Returns whether a type is a sequence whose items a message shows.</summary>
    public static bool IsSequence(ITypeSymbol type) =>
        type.SpecialType != SpecialType.System_String
        && (type.SpecialType == SpecialType.System_Collections_IEnumerable
            || type.AllInterfaces.Any(static i => i.SpecialType == SpecialType.System_Collections_IEnumerable));

    /// <summary>Returns whether a type that is not nested is in a namespace under a name.</summary>
    public static bool Is(ITypeSymbol type, string ns, string name) =>
        type.Name == name && type.ContainingType is null && IsNamespace(type.ContainingNamespace, ns);

    private static bool IsNumberInterface(ITypeSymbol type) => Is(type, "System.Numerics", "INumber");

    private static bool IsNamespace(INamespaceSymbol? symbol, string ns)
    {
        int end = ns.Length;
        while (symbol is { IsGlobalNamespace: false } && end > 0)
        {
            int start = ns.LastIndexOf('.', end - 1) + 1;
            if (end - start != symbol.Name.Length || string.CompareOrdinal(ns, start, symbol.Name, 0, symbol.Name.Length) != 0)
            {
                return false;
            }

            symbol = symbol.ContainingNamespace;
            end = Math.Max(0, start - 1);
        }

        return symbol is { IsGlobalNamespace: true } && end == 0;
    }
}
