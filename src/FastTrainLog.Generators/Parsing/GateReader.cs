using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Reads which calls of a method are logged.</summary>
internal static class GateReader
{
    /// <summary>The name of the count in each record of a method that skips calls.</summary>
    public const string Suppressed = nameof(Suppressed);

    /// <summary>Reads a gate.</summary>
    /// <returns>Whether the settings of the attribute are valid.</returns>
    public static bool TryRead(IMethodSymbol method, AttributeArguments arguments, AttributeData attribute, ProblemReport? report, out GateModel? gate)
    {
        gate = null;
        bool can = true;
        foreach ((string name, int value) in new[]
        {
            (nameof(AttributeArguments.SampleEvery), arguments.SampleEvery),
            (nameof(AttributeArguments.FirstN), arguments.FirstN),
            (nameof(AttributeArguments.MaxPerSecond), arguments.MaxPerSecond),
        })
        {
            if (value < 0)
            {
                report?.Add(Descriptors.NegativeLimit, PlaceOf(attribute, name), name, method.Name, value);
                can = false;
            }
        }

        if (arguments.MaxPerSecond > 0 && (arguments.SampleEvery > 0 || arguments.FirstN > 0))
        {
            report?.Add(
                Descriptors.TwoLimits, PlaceOf(attribute, nameof(AttributeArguments.MaxPerSecond)), method.Name, arguments.SampleEvery > 0 ? nameof(AttributeArguments.SampleEvery) : nameof(AttributeArguments.FirstN));
            can = false;
        }

        if (can && (arguments.SampleEvery > 1 || arguments.FirstN > 0 || arguments.MaxPerSecond > 0))
        {
            gate = new GateModel(arguments.SampleEvery, arguments.FirstN, arguments.MaxPerSecond);
        }

        return can;
    }

    /// <summary>Returns the argument with the number of calls suppressed before a record.</summary>
    public static ArgumentModel Count(ImmutableArray<TemplateHole> template, string identifier)
    {
        TemplateHole? hole = template.FirstOrDefault(static h => h.IsFor(Suppressed));
        string name = hole?.BareName ?? Suppressed;
        return new ArgumentModel(name, name, identifier, "long", "long", IsSpan: false, CanBeNull: false, new BinaryForm(ArgumentForm.Value, "Int64", 8), hole?.Format, IsSequence: false);
    }

    private static Location? PlaceOf(AttributeData attribute, string name) =>
        (attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments
            .FirstOrDefault(a => a.NameEquals?.Name.Identifier.Text == name)?.Expression.GetLocation();
}
