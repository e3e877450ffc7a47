using System.Text.Json;
using FastTrainLog.Training;

namespace FastTrainLog.Resuming;

/// <summary>What a process that resumes a run needs: the run's options, and its best validation.</summary>
internal sealed record RunNote
{
    public required string RunId { get; init; }

    public required int Rank { get; init; }

    public required int WorldSize { get; init; }

    public required string Model { get; init; }

    public int? Epochs { get; init; }

    public long? TotalSteps { get; init; }

    public int? BatchSize { get; init; }

    public double? LearningRate { get; init; }

    public string? Optimizer { get; init; }

    public string? BestMetric { get; init; }

    public bool HigherIsBetter { get; init; }

    public CheckpointGuard CheckpointGuard { get; init; }

    public string? Name { get; init; }

    public string? Group { get; init; }

    public string[]? Tags { get; init; }

    /// <summary>Gets the configuration as it was logged: an object of flat values, secrets masked.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>Gets whether the origin of the run is logged; null, in a note of an earlier version, for yes.</summary>
    public bool? RecordOrigin { get; init; }

    public BestValidation? Best { get; init; }
}
