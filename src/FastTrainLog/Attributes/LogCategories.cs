using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Names the categories that have their own log file.</summary>
public static class LogCategories
{
    /// <summary>General messages of the application: <c>main.log</c>.</summary>
    public const string Main = "main";

    /// <summary>Steps, epochs, validation and checkpoints: <c>training_progress.log</c>.</summary>
    public const string TrainingProgress = "training_progress";

    /// <summary>Errors with their context: <c>errors.log</c>, with the warnings and errors of every other category.</summary>
    public const string Errors = "errors";

    /// <summary>NaN, infinities, clipping and recovery: <c>numerical_stability.log</c>.</summary>
    public const string NumericalStability = "numerical_stability";

    /// <summary>Lifecycle, resources and health of the process: <c>system.log</c> and <c>system.json</c>.</summary>
    public const string System = "system";

    /// <summary>Durations, memory and throughput of operations: <c>performance.log</c>.</summary>
    public const string Performance = "performance";

    /// <summary>Loading, saving and inference of models: <c>model_operations.log</c>.</summary>
    public const string ModelOperations = "model_operations";

    internal static readonly string[] All = [Main, TrainingProgress, Errors, NumericalStability, System, Performance, ModelOperations];

    /// <summary>Returns what a line of text calls a category.</summary>
    /// <remarks>The summary that a run without errors writes to the errors' log is not labelled as an error: a search for ERROR finds nothing there.</remarks>
    internal static string Label(string category, LogLevel level) => category switch
    {
        Main => "MAIN",
        TrainingProgress => "TRAINING",
        Errors => level < LogLevel.Warning ? "SUMMARY" : "ERROR",
        NumericalStability => "STABILITY",
        System => "SYSTEM",
        Performance => "PERFORMANCE",
        ModelOperations => "MODEL",
        _ => category,
    };
}
