using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Reads an attributed method from its symbol.</summary>
internal static class MethodParser
{
    private const int MaxDefineArguments = 6;

    /// <summary>Returns the model of a method, or null where no body can be written for it.</summary>
    public static MethodModel? Parse(GeneratorAttributeSyntaxContext attributed)
    {
        var method = (IMethodSymbol)attributed.TargetSymbol;
        var syntax = (MethodDeclarationSyntax)attributed.TargetNode;
        if (!syntax.Modifiers.Any(SyntaxKind.PartialKeyword)
            || syntax.Body is not null
            || syntax.ExpressionBody is not null
            || !method.ReturnsVoid
            || AttributeArguments.Read(attributed.Attributes[0]) is not { } arguments
            || !TemplateParser.TryParse(arguments.Message, out ImmutableArray<TemplateHole> template))
        {
            return null;
        }

        IParameterSymbol? logger = null;
        IParameterSymbol? level = null;
        IParameterSymbol? exception = null;
        var others = new List<IParameterSymbol>();
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.RefKind is RefKind.Out or RefKind.Ref
                || parameter.Type.TypeKind is TypeKind.Error or TypeKind.Pointer or TypeKind.FunctionPointer
                || (parameter.Type.IsRefLikeType && BinaryForms.Of(parameter.Type).Form == ArgumentForm.Text))
            {
                return null;
            }

            if (logger is null && KnownTypes.IsLogger(parameter.Type))
            {
                logger = parameter;
            }
            else if (exception is null && KnownTypes.IsException(parameter.Type))
            {
                exception = parameter;
            }
            else if (level is null && arguments.Level is null && KnownTypes.IsLogLevel(parameter.Type))
            {
                level = parameter;
            }
            else
            {
                others.Add(parameter);
            }
        }

        if (LoggerFinder.Find(method, logger) is not { } loggerModel
            || (arguments.Level is null && level is null)
            || ReadType(method.ContainingType) is not { } type)
        {
            return null;
        }

        if (template.Any(h => h.Name is not null && !method.Parameters.Any(p => Matches(h, p.Name))))
        {
            return null;
        }

        bool rendersAsDefined = RendersAsDefined(arguments, others, template);
        ImmutableArray<ArgumentModel> models = others.Select(p => ReadArgument(p, template, rendersAsDefined)).ToImmutableArray();
        string eventName = arguments.EventName ?? method.Name;
        return new MethodModel
        {
            Type = type,
            Name = method.Name,
            Signature = ReadSignature(method, syntax),
            TypeParameters = method.Arity == 0 ? string.Empty : $"<{string.Join(", ", method.TypeParameters.Select(static p => Identifiers.Escape(p.Name)))}>",
            Constraints = TypeConstraints.Of(method),
            Logger = loggerModel,
            Level = arguments.Level is { } fixedLevel ? Level(fixedLevel) : Identifiers.Escape(level!.Name),
            IsLevelParameter = arguments.Level is null,
            EventId = arguments.EventId == -1 ? EventIds.OfName(eventName) : arguments.EventId,
            EventName = eventName,
            Message = arguments.Message,
            SkipEnabledCheck = arguments.SkipEnabledCheck,
            Template = template,
            Arguments = models,
            Exception = exception is null ? null : ReadArgument(exception, template, rendersAsDefined) with { Binary = new BinaryForm(ArgumentForm.Exception, "Exception") },
            RendersAsDefined = rendersAsDefined,
        };
    }

    private static ArgumentModel ReadArgument(IParameterSymbol parameter, ImmutableArray<TemplateHole> template, bool rendersAsDefined)
    {
        TemplateHole? hole = template.FirstOrDefault(h => Matches(h, parameter.Name));
        string identifier = Identifiers.Escape(parameter.Name);
        BinaryForm binary = BinaryForms.Of(parameter.Type);
        string type = parameter.Type.ToDisplayString(TypeFormats.Full);
        return new ArgumentModel(
            hole?.Name is { } name ? name.TrimStart('@') : parameter.Name,
            hole?.Name is not { } key ? identifier : rendersAsDefined ? key : key.TrimStart('@'),
            identifier,
            binary.Form switch
            {
                ArgumentForm.CharSpan => "global::System.ReadOnlySpan<char>",
                ArgumentForm.Metrics => "global::System.ReadOnlySpan<global::FastTrainLog.Metric>",
                _ => type,
            },
            binary.Form switch
            {
                ArgumentForm.CharSpan => "string",
                ArgumentForm.Metrics when parameter.Type.IsRefLikeType => "global::FastTrainLog.Metric[]",
                _ => type,
            },
            parameter.Type.IsRefLikeType,
            CanBeNull(parameter.Type),
            binary,
            hole?.Format,
            KnownTypes.IsSequence(parameter.Type));
    }

    private static bool CanBeNull(ITypeSymbol type) =>
        !type.IsValueType || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

    private static bool Matches(TemplateHole hole, string parameter) =>
        hole.Name is not null && string.Equals(hole.Name.TrimStart('@'), parameter, StringComparison.OrdinalIgnoreCase);

    // The condition under which [LoggerMessage] uses LoggerMessage.Define.
    private static bool RendersAsDefined(AttributeArguments arguments, List<IParameterSymbol> parameters, ImmutableArray<TemplateHole> template)
    {
        ImmutableArray<TemplateHole> holes = template.Where(static h => h.Name is not null).ToImmutableArray();
        return arguments.Level is not null
            && parameters.Count <= MaxDefineArguments
            && holes.Length == parameters.Count
            && parameters.Zip(holes, static (p, h) => Matches(h, p.Name)).All(static same => same);
    }

    private static string Level(int level)
    {
        const string Type = "global::Microsoft.Extensions.Logging.LogLevel";
        string? name = level switch
        {
            0 => "Trace",
            1 => "Debug",
            2 => "Information",
            3 => "Warning",
            4 => "Error",
            5 => "Critical",
            6 => "None",
            _ => null,
        };
        return name is null ? $"({Type})({level})" : $"{Type}.{name}";
    }

    private static string ReadSignature(IMethodSymbol method, MethodDeclarationSyntax syntax)
    {
        IEnumerable<string> parameters = method.Parameters.Select((p, i) =>
            $"{Modifiers(method, p, i)}{p.Type.ToDisplayString(TypeFormats.Full)} {Identifiers.Escape(p.Name)}");
        string modifiers = string.Join(" ", syntax.Modifiers.Select(static m => m.Text));
        string typeParameters = method.Arity == 0 ? string.Empty : $"<{string.Join(", ", method.TypeParameters.Select(static p => Identifiers.Escape(p.Name)))}>";
        return $"{modifiers} void {Identifiers.Escape(method.Name)}{typeParameters}({string.Join(", ", parameters)})";
    }

    private static string Modifiers(IMethodSymbol method, IParameterSymbol parameter, int index)
    {
        string text = method.IsExtensionMethod && index == 0 ? "this " : string.Empty;
        if (parameter.IsParams)
        {
            return text + "params ";
        }

        // A parameter of ref struct type with params is scoped by itself; the others say so.
        if (parameter.ScopedKind != ScopedKind.None)
        {
            text += "scoped ";
        }

        return text + parameter.RefKind switch
        {
            RefKind.In => "in ",
            RefKind.RefReadOnlyParameter => "ref readonly ",
            _ => string.Empty,
        };
    }

    private static TypeName? ReadType(INamedTypeSymbol type)
    {
        var declarations = new Stack<string>();
        var names = new Stack<string>();
        for (INamedTypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            if (t.IsFileLocal)
            {
                return null;
            }

            string keyword = t switch
            {
                { IsRecord: true, IsValueType: true } => "record struct",
                { IsRecord: true } => "record",
                { TypeKind: TypeKind.Struct } => "struct",
                { TypeKind: TypeKind.Interface } => "interface",
                _ => "class",
            };
            string parameters = t.TypeParameters.Length == 0 ? string.Empty : $"<{string.Join(", ", t.TypeParameters.Select(static p => Identifiers.Escape(p.Name)))}>";
            declarations.Push($"partial {keyword} {Identifiers.Escape(t.Name)}{parameters}");
            names.Push(t.Arity == 0 ? t.Name : $"{t.Name}`{t.Arity}");
        }

        string ns = type.ContainingNamespace.IsGlobalNamespace ? string.Empty : type.ContainingNamespace.ToDisplayString(TypeFormats.Namespace);
        string prefix = type.ContainingNamespace.IsGlobalNamespace ? string.Empty : type.ContainingNamespace.ToDisplayString() + ".";
        return new TypeName(ns, declarations.ToImmutableArray(), prefix + string.Join(".", names));
    }
}
