using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Reads an attributed method from its symbol.</summary>
internal static class MethodParser
{
    private const int MaxDefineArguments = 6;

    /// <summary>Returns the model of a method, or null if no body can be generated for it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="syntax">The declaration that has the attribute.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="report">Receives the problems of the method; null to ignore them.</param>
    public static MethodModel? Parse(IMethodSymbol method, MethodDeclarationSyntax syntax, AttributeData attribute, ProblemReport? report)
    {
        bool canHaveBody = MethodChecks.CanHaveBody(method, syntax, report);
        if (AttributeArguments.Read(attribute) is not { } arguments || MethodChecks.IsHalfTyped(method) || MethodChecks.IsExtensionBlock(method.ContainingType))
        {
            return null;
        }

        var location = new MessageLocation(attribute, arguments.Message);
        if (TemplateParser.Parse(arguments.Message, out ImmutableArray<TemplateHole> template) is { } malformed)
        {
            report?.Add(Descriptors.MalformedMessage, location.Whole(), method.Name, malformed);
            return null;
        }

        ParameterRoles roles = ParameterRoles.Of(method, arguments.Level is not null, template);
        bool rendersAsDefined = RendersAsDefined(arguments, roles.Arguments, template);
        ImmutableArray<TemplateHole> named = TagNames.Rename(template, roles.Arguments);
        bool canLog = GateReader.TryRead(method, arguments, attribute, report, out GateModel? gate)
            & MethodChecks.CanLogParameters(method, report)
            & FieldReader.TryRead(method, roles, named, gate, rendersAsDefined, report, out ImmutableArray<ArgumentModel> fields)
            & MethodChecks.HasValueForEachHole(method, template, fields, location, report);
        if (report is not null)
        {
            MethodChecks.ReportMessage(arguments.Message, template, roles, location, report);
        }

        if (report is { TakesAdvice: true })
        {
            MethodChecks.ReportBytes(template, named, fields, location, report);
        }

        Location? name = report is null ? null : syntax.Identifier.GetLocation();
        LoggerModel? logger = LoggerFinder.Find(method, roles.Logger, name, report);
        if (arguments.Level is null && roles.Level is null)
        {
            report?.Add(Descriptors.NoLevel, name, method.Name);
            return null;
        }

        if (canLog && canHaveBody && logger is { Kind: not LoggerKind.TrainLogger } && !MethodChecks.CanHoldState(method, name, report))
        {
            return null;
        }

        return canLog && canHaveBody && logger is not null
            ? Read(method, syntax, arguments with { Message = TagNames.Message(arguments.Message, template, named) }, named, roles, logger, gate, fields, rendersAsDefined)
            : null;
    }

    private static MethodModel Read(
        IMethodSymbol method,
        MethodDeclarationSyntax syntax,
        AttributeArguments arguments,
        ImmutableArray<TemplateHole> template,
        ParameterRoles roles,
        LoggerModel logger,
        GateModel? gate,
        ImmutableArray<ArgumentModel> fields,
        bool rendersAsDefined)
    {
        string eventName = arguments.EventName ?? method.Name;
        return new MethodModel
        {
            Type = TypeNameReader.Read(method.ContainingType),
            Name = method.Name,
            Signature = Signatures.Of(method, syntax),
            TypeParameters = Signatures.TypeParameters(method.TypeParameters),
            Constraints = TypeConstraints.Of(method),
            Parameters = method.Parameters.Select(static p => p.Name).ToImmutableArray(),
            Logger = logger,
            Level = arguments.Level is { } level ? Level(level) : Identifiers.Escape(roles.Level!.Name),
            IsLevelParameter = arguments.Level is null,
            EventId = arguments.EventId == -1 ? EventIds.OfName(eventName) : arguments.EventId,
            HasOwnEventId = arguments.EventId != -1,
            EventName = eventName,
            HasOwnEventName = arguments.EventName is not null,
            Experiments = Experiments.In(method, roles),
            Message = arguments.Message,
            SkipEnabledCheck = arguments.SkipEnabledCheck,
            Gate = gate,
            Template = template,
            Sections = OptionalSections.Of(arguments.Message),
            Arguments = fields,
            Exception = roles.Exception is { } exception ? ArgumentReader.ReadException(exception) : null,
            RendersAsDefined = rendersAsDefined,
        };
    }

    // The condition under which [LoggerMessage] uses LoggerMessage.Define.
    private static bool RendersAsDefined(AttributeArguments arguments, ImmutableArray<IParameterSymbol> parameters, ImmutableArray<TemplateHole> template)
    {
        ImmutableArray<TemplateHole> holes = [.. template.Where(static h => h.Name is not null)];
        return arguments.Level is not null
            && parameters.Length <= MaxDefineArguments
            && holes.Length == parameters.Length
            && parameters.Zip(holes, static (p, h) => h.IsFor(p.Name)).All(static same => same);
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
}
