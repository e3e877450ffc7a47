using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>The roles of the parameters of a method.</summary>
/// <param name="Logger">The logger, or null.</param>
/// <param name="Level">The level, or null.</param>
/// <param name="Exception">The record's exception, or null.</param>
/// <param name="Arguments">The record's named arguments: the other parameters, and those of the three that the message names.</param>
internal sealed record ParameterRoles(IParameterSymbol? Logger, IParameterSymbol? Level, IParameterSymbol? Exception, ImmutableArray<IParameterSymbol> Arguments)
{
    public static ParameterRoles Of(IMethodSymbol method, bool hasFixedLevel, ImmutableArray<TemplateHole> template)
    {
        IParameterSymbol? logger = method.Parameters.FirstOrDefault(static p => KnownTypes.IsLogger(p.Type));
        IParameterSymbol? exception = method.Parameters.FirstOrDefault(static p => KnownTypes.IsException(p.Type));
        IParameterSymbol? level = hasFixedLevel ? null : method.Parameters.FirstOrDefault(static p => KnownTypes.IsLogLevel(p.Type));
        return new ParameterRoles(logger, level, exception, [.. method.Parameters.Where(IsArgument)]);

        bool IsArgument(IParameterSymbol parameter) =>
            (!Same(parameter, logger) && !Same(parameter, exception) && !Same(parameter, level)) || template.Any(h => h.IsFor(parameter.Name));
    }

    private static bool Same(IParameterSymbol a, IParameterSymbol? b) => SymbolEqualityComparer.Default.Equals(a, b);
}
