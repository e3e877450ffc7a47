using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastTrainLog.Gradients;

/// <summary>
/// The state that a clipper keeps from step to step, as saved with a checkpoint: the history of its limit, its counters and its stability score. docs/gradients.md
/// describes the JSON.
/// </summary>
internal sealed record GradientClipperState
{
    public const string FormatName = "fasttrainlog-gradient-clipper";
    public const int NewestVersion = 2;

    private const int VersionInCamelCase = 1;

    public required string Format { get; init; }

    public required int Version { get; init; }

    public long Steps { get; init; }

    public long ClippedSteps { get; init; }

    public long NonFiniteSteps { get; init; }

    public StabilityScoreState Stability { get; init; }

    public LimitState Limit { get; init; } = new();

    /// <summary>Writes the state.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GradientClipperStateJson.Default.GradientClipperState);

    /// <summary>Reads a state for a clipper with a limit.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote, in this version or an earlier one.</param>
    /// <param name="limit">The limit.</param>
    /// <returns>The state.</returns>
    /// <exception cref="ArgumentException">It is not a state, is damaged, has a later version, or is of another kind of limit; the message gives the reason.</exception>
    public static GradientClipperState Parse(string json, GradientLimit limit)
    {
        GradientClipperState? state;
        try
        {
            state = JsonSerializer.Deserialize(json, IsInCamelCase(json) ? FirstGradientClipperStateJson.Default.GradientClipperState : GradientClipperStateJson.Default.GradientClipperState);
        }
        catch (JsonException exception)
        {
            throw Refused($"is not the JSON of a saved clipper: {exception.Message}", exception);
        }

        if (state?.Format != FormatName)
        {
            throw Refused($"is not the JSON of a saved clipper: its format is '{state?.Format}' and not '{FormatName}'");
        }

        if (state.Version is < 1 or > NewestVersion)
        {
            throw Refused($"has the version {state.Version}, and this library knows versions up to {NewestVersion}. Load it with the library that saved it, or a later one");
        }

        string kind = LimitState.KindOf(limit);
        if (state.Limit is null || state.Limit.Kind != kind)
        {
            throw Refused(
                $"was saved with the limit {state.Limit?.Kind} and the clipper has {kind}. Create the clipper with the limit of the run that is resumed, or start without the state");
        }

        return state.FirstFault() is string fault ? throw Refused($"is damaged: {fault}") : state;
    }

    private static bool IsInCamelCase(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("version", out JsonElement version)
            && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out int number) && number == VersionInCamelCase;
    }

    private string? FirstFault()
    {
        if (Steps < 0 || ClippedSteps < 0 || ClippedSteps > Steps || NonFiniteSteps < 0 || NonFiniteSteps > Steps)
        {
            return $"{Steps} steps, {ClippedSteps} clipped and {NonFiniteSteps} non-finite";
        }

        return Stability.IsSound ? Limit.FirstFault() : "the stability score";
    }

    private static ArgumentException Refused(string what, Exception? cause = null) => new($"The state {what}.", "state", cause);
}
