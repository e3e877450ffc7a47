namespace FastTrainLog.Generators.Models;

/// <summary>An attributed method: all data from which its body is generated.</summary>
internal sealed record MethodModel
{
    /// <summary>Gets the type that declares it.</summary>
    public required TypeName Type { get; init; }

    /// <summary>Gets the name, without escape.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the signature from the first modifier to the closing parenthesis.</summary>
    public required string Signature { get; init; }

    /// <summary>Gets the type parameters with their brackets, or an empty text.</summary>
    public required string TypeParameters { get; init; }

    /// <summary>Gets the constraints on them, one clause each.</summary>
    public required EquatableArray<string> Constraints { get; init; }

    /// <summary>Gets the names of all parameters, without escape.</summary>
    public required EquatableArray<string> Parameters { get; init; }

    /// <summary>Gets the logger.</summary>
    public required LoggerModel Logger { get; init; }

    /// <summary>Gets the expression of the level.</summary>
    public required string Level { get; init; }

    /// <summary>Gets whether a parameter gives the level.</summary>
    public required bool IsLevelParameter { get; init; }

    public required int EventId { get; init; }

    /// <summary>Gets whether the attribute gives the identifier; otherwise it is computed from the name.</summary>
    public required bool HasOwnEventId { get; init; }

    public required string EventName { get; init; }

    /// <summary>Gets whether the attribute gives the name; otherwise it is the method's.</summary>
    public required bool HasOwnEventName { get; init; }

    /// <summary>Gets the identifiers of the compiler's diagnostics for experimental types and members that the method logs.</summary>
    public required EquatableArray<string> Experiments { get; init; }

    public required string Message { get; init; }

    public required bool SkipEnabledCheck { get; init; }

    /// <summary>Gets which calls are logged; null for all.</summary>
    public required GateModel? Gate { get; init; }

    /// <summary>Gets the pieces of the template.</summary>
    public required EquatableArray<TemplateHole> Template { get; init; }

    /// <summary>Gets the sections of the template if it has optional ones; otherwise none.</summary>
    public required EquatableArray<TemplateSection> Sections { get; init; }

    /// <summary>Gets the named arguments, in the order of the parameters.</summary>
    public required EquatableArray<ArgumentModel> Arguments { get; init; }

    /// <summary>Gets the parameter that is the record's exception, or null.</summary>
    public required ArgumentModel? Exception { get; init; }

    /// <summary>Gets whether <c>[LoggerMessage]</c> would use <c>LoggerMessage.Define</c>, which formats null and sequences differently.</summary>
    public required bool RendersAsDefined { get; init; }

    /// <summary>Gets whether user code, which may fail, runs to get the values of a call.</summary>
    public bool Reads => Arguments.Any(static a => a.IsRead);

    /// <summary>Gets whether the library's own state can carry a call: numbers, enums, characters, strings and an exception, shown as <c>LoggerMessage.Define</c> does.</summary>
    public bool IsPlain =>
        RendersAsDefined && !IsLevelParameter && Gate is null && TypeParameters.Length == 0 && Sections.Length == 0
        && Arguments.All(static a => a.IsPlain) && Template.All(static hole => hole.IsPlain) && (Exception is not { } exception || !Arguments.Any(a => a.Parameter == exception.Parameter));

    /// <summary>Gets what the state stores: the arguments, and the exception if it is not one of them.</summary>
    public IEnumerable<ArgumentModel> Kept =>
        Exception is { } exception && !Arguments.Any(a => a.Parameter == exception.Parameter) ? Arguments.Append(exception) : Arguments;
}
