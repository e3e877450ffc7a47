using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Reads the parameters that become arguments of the record.</summary>
internal static class ArgumentReader
{
    public static ArgumentModel Read(IParameterSymbol parameter, ImmutableArray<TemplateHole> template, bool rendersAsDefined)
    {
        TemplateHole? hole = template.FirstOrDefault(h => h.IsFor(parameter.Name));
        string identifier = Identifiers.Escape(parameter.Name);
        BinaryForm binary = BinaryForms.Of(parameter.Type);
        string type = parameter.Type.ToDisplayString(TypeFormats.Full);
        return new ArgumentModel(
            hole?.BareName ?? parameter.Name,
            // The two forms of [LoggerMessage] differ here too: one keeps the at sign, the other that of a keyword.
            hole is null ? identifier : rendersAsDefined ? hole.Name! : hole.BareName,
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
            !parameter.Type.IsValueType || parameter.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T,
            binary,
            hole?.Format,
            KnownTypes.IsSequence(parameter.Type));
    }

    public static ArgumentModel ReadException(IParameterSymbol parameter) =>
        Read(parameter, [], rendersAsDefined: false) with { Name = parameter.Name, Binary = new BinaryForm(ArgumentForm.Exception, "Exception") };
}
