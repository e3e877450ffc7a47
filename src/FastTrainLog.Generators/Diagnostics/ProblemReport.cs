using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Diagnostics;

/// <summary>Collects what is wrong with a method while it is read.</summary>
/// <remarks>The generator reads methods without one: locations would keep its steps from being cached, and diagnostics of an analyzer can be suppressed where they stand.</remarks>
internal sealed class ProblemReport
{
    private readonly ImmutableArray<Diagnostic>.Builder _problems = ImmutableArray.CreateBuilder<Diagnostic>();

    public ImmutableArray<Diagnostic> Problems => _problems.ToImmutable();

    public void Add(DiagnosticDescriptor descriptor, Location? location, params object[] arguments) =>
        _problems.Add(Diagnostic.Create(descriptor, location ?? Location.None, arguments));
}
