using System.Globalization;
using FastTrainLog.Generators.Analyzers;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>The source of a <c>[TrainLog]</c> method that is equivalent to a plain call.</summary>
/// <param name="Attribute">The attribute's arguments.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="Key">What two interchangeable methods have in common.</param>
internal sealed record MethodText(string Attribute, string Parameters, string Key)
{
    private static readonly SymbolDisplayFormat TypeFormat = SymbolDisplayFormat.MinimallyQualifiedFormat.AddMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    public static MethodText For(PlainLogCall call, SemanticModel model, int position)
    {
        Compilation compilation = model.Compilation;
        bool isNullable = model.GetNullableContext(position).AnnotationsEnabled();
        var types = new List<ITypeSymbol>();
        var names = new List<string>();
        var taken = new HashSet<string>(call.Names, StringComparer.OrdinalIgnoreCase);

        ITypeSymbol logger = compilation.GetTypeByMetadataName("Microsoft.Extensions.Logging.ILogger")!;
        Add(call.Logger.Type is { } own && KnownTypes.IsTrainLogger(own) ? own.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : logger, Free("logger"));
        if (call.Level is not null)
        {
            Add(compilation.GetTypeByMetadataName("Microsoft.Extensions.Logging.LogLevel")!, Free("level"));
        }

        if (call.Exception is { } exception)
        {
            ITypeSymbol type = compilation.GetTypeByMetadataName("System.Exception")!;
            Add(MayBeNull(exception) ? type.WithNullableAnnotation(NullableAnnotation.Annotated) : type, Free("exception"));
        }

        for (int i = 0; i < call.Values.Length; i++)
        {
            Add(TypeOf(call.Values[i]), char.ToLowerInvariant(call.Names[i][0]) + call.Names[i].Substring(1));
        }

        string parameters = string.Join(", ", types.Zip(names, (type, name) => $"{type.ToMinimalDisplayString(model, position, TypeFormat)} {Identifiers.Escape(name)}"));
        return new MethodText(
            Arguments(call, compilation.GetTypeByMetadataName("Microsoft.Extensions.Logging.LogLevel")!.ToMinimalDisplayString(model, position)),
            parameters,
            KeyFrom(call.LevelName, call.EventId ?? -1, call.EventName, call.Message, types));

        void Add(ITypeSymbol type, string name)
        {
            types.Add(type);
            names.Add(name);
        }

        // A placeholder may have the name that the logger's parameter would get.
        string Free(string name)
        {
            while (!taken.Add(name))
            {
                name += "_";
            }

            return name;
        }

        ITypeSymbol TypeOf(IOperation value)
        {
            ITypeSymbol type = value.Type ?? compilation.GetSpecialType(SpecialType.System_Object);
            return type.IsValueType || type is ITypeParameterSymbol ? type : type.WithNullableAnnotation(isNullable && (value.Type is null || MayBeNull(value)) ? NullableAnnotation.Annotated : NullableAnnotation.NotAnnotated);
        }

        bool MayBeNull(IOperation value) => isNullable && model.GetTypeInfo(PlainLogCall.Written(value.Syntax)).Nullability.FlowState == NullableFlowState.MaybeNull;
    }

    /// <summary>Returns the key of a method that exists, or null if it is not a static <c>[TrainLog]</c> method.</summary>
    public static string? KeyOf(IMethodSymbol method)
    {
        AttributeData? attribute = method.GetAttributes().FirstOrDefault(static a => a.AttributeClass is { } type && KnownTypes.Is(type, "FastTrainLog", "TrainLogAttribute"));
        return method.IsStatic && attribute is not null && AttributeArguments.Read(attribute) is { } arguments
            ? KeyFrom(arguments.Level is { } level ? LevelName(level) : null, arguments.EventId, arguments.EventName, arguments.Message, method.Parameters.Select(static p => p.Type))
            : null;
    }

    // The message may contain line breaks, which are kept.
    public string Declaration(string name, string accessibility, string line) => $"[TrainLog({Attribute})]{line}{accessibility} static partial void {name}({Parameters});";

    private static string Arguments(PlainLogCall call, string levelType)
    {
        var parts = new List<string>();
        bool isPositional = call.EventId is not null && call.LevelName is not null;
        if (isPositional)
        {
            parts.Add(call.EventId!.Value.ToString(CultureInfo.InvariantCulture));
        }

        if (call.LevelName is { } level)
        {
            parts.Add($"{levelType}.{level}");
        }

        parts.Add(call.MessageSyntax.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any()
            ? SymbolDisplay.FormatLiteral(call.Message, quote: true)
            : call.MessageSyntax.WithoutTrivia().ToString());
        if (call.EventId is { } id && !isPositional)
        {
            parts.Add(FormattableString.Invariant($"EventId = {id}"));
        }

        if (call.EventName is { } eventName)
        {
            parts.Add($"EventName = {SymbolDisplay.FormatLiteral(eventName, quote: true)}");
        }

        return string.Join(", ", parts);
    }

    private static string LevelName(int level) => level switch
    {
        0 => "Trace",
        1 => "Debug",
        2 => "Information",
        3 => "Warning",
        4 => "Error",
        5 => "Critical",
        _ => level.ToString(CultureInfo.InvariantCulture),
    };

    private static string KeyFrom(string? level, int eventId, string? eventName, string message, IEnumerable<ITypeSymbol> types) =>
        string.Join("|", [level ?? string.Empty, eventId.ToString(CultureInfo.InvariantCulture), eventName ?? string.Empty, message, .. types.Select(static t => t.ToDisplayString(TypeFormats.Full))]);
}
