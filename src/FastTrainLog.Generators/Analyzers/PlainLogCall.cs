using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>A call such as <c>logger.LogInformation("{A}", a)</c> that says the same as a <c>[TrainLog]</c> method would.</summary>
internal sealed record PlainLogCall
{
    private const int NoEventId = -1;

    private static readonly string[] Levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical"];

    /// <summary>Gets the call.</summary>
    public required InvocationExpressionSyntax Syntax { get; init; }

    /// <summary>Gets the logger.</summary>
    public required IOperation Logger { get; init; }

    /// <summary>Gets the name of the level, or null where the call computes it.</summary>
    public string? LevelName { get; init; }

    /// <summary>Gets the level where the call computes it.</summary>
    public IOperation? Level { get; init; }

    /// <summary>Gets the event's identifier, or null.</summary>
    public int? EventId { get; init; }

    /// <summary>Gets the event's name, or null.</summary>
    public string? EventName { get; init; }

    /// <summary>Gets the exception, or null.</summary>
    public IOperation? Exception { get; init; }

    /// <summary>Gets the message template.</summary>
    public required string Message { get; init; }

    /// <summary>Gets the message as it is written.</summary>
    public required ExpressionSyntax MessageSyntax { get; init; }

    /// <summary>Gets the names of the template's holes, each a valid identifier.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>Gets the values of the holes.</summary>
    public required ImmutableArray<IOperation> Values { get; init; }

    /// <summary>Reads a call, or returns null where no attributed method would say the same.</summary>
    public static PlainLogCall? Read(IInvocationOperation invocation)
    {
        if (!KnownTypes.IsLoggerExtensions(invocation.TargetMethod.ContainingType)
            || invocation.Syntax is not InvocationExpressionSyntax syntax
            || syntax.SyntaxTree.Options is not CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp12 }
            || LevelOf(invocation) is not { } level
            || Value(invocation, "logger") is not { } logger
            || logger is IConditionalAccessInstanceOperation
            || Value(invocation, "message") is not { ConstantValue: { HasValue: true, Value: string message } } text
            || text.Syntax is not ExpressionSyntax messageSyntax
            || ValuesOf(invocation) is not { } values
            || NamesOf(message, values.Length) is not { } names
            || !values.All(CanBeParameter)
            || EventOf(invocation) is not { } logged)
        {
            return null;
        }

        IOperation? exception = Value(invocation, "exception");
        return new PlainLogCall
        {
            Syntax = syntax,
            Logger = logger,
            LevelName = level.Name,
            Level = level.Value,
            EventId = logged.Id == NoEventId ? null : logged.Id,
            EventName = logged.Name,
            Exception = exception is { ConstantValue.HasValue: true } ? null : exception,
            Message = message,
            MessageSyntax = messageSyntax,
            Names = names,
            Values = values,
        };
    }

    private static (string? Name, IOperation? Value)? LevelOf(IInvocationOperation invocation)
    {
        string method = invocation.TargetMethod.Name;
        if (method != "Log")
        {
            return method.StartsWith("Log", StringComparison.Ordinal) && Levels.Contains(method.Substring(3)) ? (method.Substring(3), null) : null;
        }

        return Value(invocation, "logLevel") switch
        {
            { ConstantValue: { HasValue: true, Value: int level } } => level >= 0 && level < Levels.Length ? (Levels[level], null) : null,
            { } computed => (null, computed),
            _ => null,
        };
    }

    private static (int Id, string? Name)? EventOf(IInvocationOperation invocation)
    {
        switch (invocation.Arguments.FirstOrDefault(static a => a.Parameter?.Name == "eventId")?.Value)
        {
            case null:
                return (NoEventId, null);
            case IConversionOperation { Operand.ConstantValue: { HasValue: true, Value: int id } } when id != NoEventId:
                return (id, null);
            case IObjectCreationOperation creation when creation.Initializer is null && creation.Arguments.All(static a => a.Value.ConstantValue.HasValue):
                object? number = creation.Arguments.FirstOrDefault(static a => a.Parameter?.Name == "id")?.Value.ConstantValue.Value;
                object? name = creation.Arguments.FirstOrDefault(static a => a.Parameter?.Name == "name")?.Value.ConstantValue.Value;
                return number is int given and not NoEventId ? (given, name as string) : null;
            default:
                return null;
        }
    }

    /// <summary>Returns the value of a parameter before the call's implicit conversions.</summary>
    private static IOperation? Value(IInvocationOperation invocation, string parameter) =>
        invocation.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter) is { } argument ? Written(argument.Value) : null;

    private static IOperation Written(IOperation operation) =>
        operation is IConversionOperation { IsImplicit: true, OperatorMethod: null } conversion ? Written(conversion.Operand) : operation;

    private static ImmutableArray<IOperation>? ValuesOf(IInvocationOperation invocation) =>
        invocation.Arguments.FirstOrDefault(static a => a.Parameter?.Name == "args") is
        {
            ArgumentKind: ArgumentKind.ParamArray,
            Value: IArrayCreationOperation { Initializer: { } initializer },
        }
            ? [.. initializer.ElementValues.Select(Written)]
            : null;

    /// <summary>Returns the names of the holes where each value has one of its own that a parameter can bear.</summary>
    private static ImmutableArray<string>? NamesOf(string message, int count)
    {
        // An optional section means nothing to a plain call, and something to an attributed method.
        if (TemplateParser.Parse(message, out ImmutableArray<TemplateHole> pieces) is not null || OptionalSections.MayBeIn(message))
        {
            return null;
        }

        ImmutableArray<string> names = [.. pieces.Where(static p => p.Name is not null).Select(static p => p.BareName)];
        return names.Length == count
            && names.All(SyntaxFacts.IsValidIdentifier)
            && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == count
                ? names
                : null;
    }

    /// <summary>Returns whether a method of the calling type can have a parameter for a value, and the method would log it as the call does.</summary>
    private static bool CanBeParameter(IOperation value)
    {
        if (value.Type is not { } type)
        {
            return value.ConstantValue is { HasValue: true, Value: null };
        }

        return CanBeNamed(type) && !KnownTypes.IsException(type) && !KnownTypes.IsLogger(type);
    }

    private static bool CanBeNamed(ITypeSymbol type) => type switch
    {
        { IsAnonymousType: true } => false,
        IDynamicTypeSymbol or IErrorTypeSymbol => false,
        ITypeParameterSymbol parameter => parameter.TypeParameterKind == TypeParameterKind.Type,
        IArrayTypeSymbol array => CanBeNamed(array.ElementType),
        INamedTypeSymbol named => !named.IsFileLocal && named.TypeArguments.All(CanBeNamed),
        _ => false,
    };
}
