using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace FastTrainLog.Generators.Analyzers;

/// <summary>A call such as <c>logger.LogInformation("{A}", a)</c> that is equivalent to a <c>[TrainLog]</c> method.</summary>
internal sealed record PlainLogCall
{
    private const int NoEventId = -1;

    private static readonly string[] Levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical"];

    /// <summary>Gets the call.</summary>
    public required InvocationExpressionSyntax Syntax { get; init; }

    /// <summary>Gets the location of its new method.</summary>
    public required CallHome Home { get; init; }

    /// <summary>Gets the logger.</summary>
    public required IOperation Logger { get; init; }

    /// <summary>Gets the name of the level, or null if the call computes it.</summary>
    public string? LevelName { get; init; }

    /// <summary>Gets the level if the call computes it.</summary>
    public IOperation? Level { get; init; }

    /// <summary>Gets the event's identifier, or null.</summary>
    public int? EventId { get; init; }

    /// <summary>Gets the event's name, or null.</summary>
    public string? EventName { get; init; }

    /// <summary>Gets the exception, or null.</summary>
    public IOperation? Exception { get; init; }

    /// <summary>Gets the message template.</summary>
    public required string Message { get; init; }

    /// <summary>Gets the message as written.</summary>
    public required ExpressionSyntax MessageSyntax { get; init; }

    /// <summary>Gets the names of the template's placeholders, each a valid identifier.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>Gets the values of the placeholders.</summary>
    public required ImmutableArray<IOperation> Values { get; init; }

    /// <summary>Reads a call, or returns null if no attributed method would be equivalent.</summary>
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
            || EventOf(invocation) is not { } logged
            || invocation.SemanticModel is not { } model)
        {
            return null;
        }

        CallHome home = CallHome.Of(syntax, model);
        if (!values.All(v => CanBeParameter(v, home, model.Compilation)))
        {
            return null;
        }

        IOperation? exception = Value(invocation, "exception");
        return new PlainLogCall
        {
            Syntax = syntax,
            Home = home,
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

    /// <summary>Returns a value as written, including a null-forgiving operator.</summary>
    public static ExpressionSyntax Written(SyntaxNode value)
    {
        while (value.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
        {
            value = value.Parent;
        }

        return (ExpressionSyntax)value;
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

    /// <summary>Returns the names of the placeholders if each value has a distinct one that a parameter can have.</summary>
    private static ImmutableArray<string>? NamesOf(string message, int count)
    {
        // An optional section has no meaning in a plain call, but it has one in an attributed method.
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

    /// <summary>Returns whether the method can have a parameter for a value, and would log it as the call does.</summary>
    private static bool CanBeParameter(IOperation value, CallHome home, Compilation compilation)
    {
        if (value.Type is not { } type)
        {
            return value.ConstantValue is { HasValue: true, Value: null };
        }

        return home.CanName(type, compilation) && !KnownTypes.IsException(type) && !KnownTypes.IsLogger(type) && !ArgumentReader.IsSummarisedByItself(type);
    }
}
