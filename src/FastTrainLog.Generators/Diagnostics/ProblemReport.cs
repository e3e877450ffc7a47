using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Diagnostics;

/// <summary>Collects the problems of a method while it is read: the errors for the generator, the rest for the analyzer.</summary>
/// <remarks>
/// A method without a body is a compiler error, after which no analyzer runs, so problems that prevent a body from being generated must be reported by
/// the generator. The analyzer reports the rest, because it runs during the build and not at every key press.
/// </remarks>
/// <param name="takesErrors">Whether it collects the errors instead of the warnings and suggestions.</param>
internal sealed class ProblemReport(bool takesErrors)
{
    private readonly ImmutableArray<Diagnostic>.Builder _problems = ImmutableArray.CreateBuilder<Diagnostic>();

    /// <summary>Gets whether warnings and suggestions are collected.</summary>
    public bool TakesAdvice => !takesErrors;

    public ImmutableArray<Diagnostic> Problems => _problems.ToImmutable();

    public void Add(DiagnosticDescriptor descriptor, Location? location, params object[] arguments)
    {
        if (takesErrors == (descriptor.DefaultSeverity == DiagnosticSeverity.Error))
        {
            _problems.Add(Diagnostic.Create(descriptor, location ?? Location.None, arguments));
        }
    }
}
