using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>The arguments of a <c>[TrainLog]</c> attribute, from any of its constructors and properties.</summary>
internal sealed record AttributeArguments(int EventId, string? EventName, int? Level, string Message, bool SkipEnabledCheck)
{
    public int SampleEvery { get; private init; }

    public int FirstN { get; private init; }

    public int MaxPerSecond { get; private init; }

    /// <summary>Reads them, or returns null if one is missing or of the wrong type, as in incomplete code.</summary>
    public static AttributeArguments? Read(AttributeData attribute)
    {
        if (attribute.AttributeConstructor is not { } constructor || constructor.Parameters.Length != attribute.ConstructorArguments.Length)
        {
            return null;
        }

        var arguments = new AttributeArguments(-1, null, null, string.Empty, false);
        for (int i = 0; i < constructor.Parameters.Length; i++)
        {
            arguments = arguments.With(constructor.Parameters[i].Name, attribute.ConstructorArguments[i]);
        }

        foreach (KeyValuePair<string, TypedConstant> pair in attribute.NamedArguments)
        {
            arguments = arguments.With(pair.Key, pair.Value);
        }

        return arguments;
    }

    private AttributeArguments With(string name, TypedConstant value) => (name, value.Kind == TypedConstantKind.Error ? null : value.Value) switch
    {
        ("eventId" or nameof(EventId), int id) => this with { EventId = id },
        (nameof(EventName), string eventName) => this with { EventName = eventName },
        ("level" or nameof(Level), int level) => this with { Level = level },
        ("message" or nameof(Message), string message) => this with { Message = message },
        (nameof(SkipEnabledCheck), bool skip) => this with { SkipEnabledCheck = skip },
        (nameof(SampleEvery), int every) => this with { SampleEvery = every },
        (nameof(FirstN), int first) => this with { FirstN = first },
        (nameof(MaxPerSecond), int max) => this with { MaxPerSecond = max },
        _ => this,
    };
}
