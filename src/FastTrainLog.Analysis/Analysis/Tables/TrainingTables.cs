using FastTrainLog.Training;
using static FastTrainLog.Analysis.Tables.ColumnType;

namespace FastTrainLog.Analysis.Tables;

/// <summary>The tables that a training log is exported to. Their columns are part of the tool's contract: columns may be added, but not renamed.</summary>
internal static class TrainingTables
{
    public static readonly Table[] All =
    [
        new("runs", [TrainingEvents.RunStarted],
        [
            new("model", "Model", Text), new("epochs", "Epochs", Integer), new("total_steps", "TotalSteps", Integer), new("batch_size", "BatchSize", Integer),
            new("learning_rate", "LearningRate", Real), new("optimizer", "Optimizer", Text), new("world_size", "WorldSize", Integer),
        ]),
        new("run_ends", [TrainingEvents.RunCompleted, TrainingEvents.RunFailed],
        [
            new("duration", "Duration", Text), new("steps", "Steps", Integer), new("final_loss", "FinalLoss", Real), new("best_metric", "BestMetric", Text), new("best", "Best", Real),
            new("success_rate", "SuccessRate", Real), new("issues", "Issues", Integer), new("errors", "Errors", Integer), new("reason", "Reason", Text),
        ],
        HasMetrics: true),
        new("steps", [TrainingEvents.Step],
        [
            new("epoch", "Epoch", Integer), new("step", "Step", Integer), new("total_steps", "TotalSteps", Integer), new("phase", "Phase", Text), new("loss", "Loss", Real),
            new("learning_rate", "LearningRate", Real), new("accuracy", "Accuracy", Real), new("gradient_norm", "GradientNorm", Real), new("stability_score", "StabilityScore", Real),
            new("clipping_ratio", "ClippingRatio", Real), new("throughput", "Throughput", Real), new("step_seconds", "StepSeconds", Real), new("eta", "Eta", Text),
        ],
        HasMetrics: true),
        new("epochs", [TrainingEvents.EpochEnded],
        [
            new("epoch", "Epoch", Integer), new("epochs", "Epochs", Integer), new("loss", "Loss", Real), new("steps", "Steps", Integer),
            new("duration_seconds", "DurationSeconds", Real), new("throughput", "Throughput", Real),
        ],
        HasMetrics: true),
        new("validations", [TrainingEvents.Validation, TrainingEvents.BestValidation],
        [
            new("epoch", "Epoch", Integer), new("step", "Step", Integer), new("loss", "Loss", Real), new("is_best", "IsBest", Integer), new("best", "Best", Real), new("best_step", "BestStep", Integer),
        ],
        HasMetrics: true),
        new("checkpoints", [TrainingEvents.CheckpointSaved, TrainingEvents.CheckpointFlagged, TrainingEvents.CheckpointRefused],
        [
            new("epoch", "Epoch", Integer), new("step", "Step", Integer), new("loss", "Loss", Real), new("path", "Path", Text), new("size_bytes", "SizeBytes", Integer),
            new("non_finite_steps", "NonFiniteSteps", Integer), new("consequence", "Consequence", Text),
        ],
        HasMetrics: true),
        new("gradients", [TrainingEvents.Gradients],
        [
            new("step", "Step", Integer), new("gradient_norm", "GradientNorm", Real), new("absolute_maximum", "AbsoluteMaximum", Real), new("coefficient", "Coefficient", Real),
            new("stability_score", "StabilityScore", Real), new("clipping_ratio", "ClippingRatio", Real), new("zero_count", "ZeroCount", Integer), new("element_count", "ElementCount", Integer),
        ]),
        new("layers", [TrainingEvents.GradientLayer],
        [
            new("step", "Step", Integer), new("layer", "Layer", Text), new("norm", "Norm", Real), new("absolute_maximum", "AbsoluteMaximum", Real), new("coefficient", "Coefficient", Real),
            new("nan_count", "NaNCount", Integer), new("infinity_count", "InfinityCount", Integer), new("zero_count", "ZeroCount", Integer), new("element_count", "ElementCount", Integer),
        ]),
        new("histograms", [TrainingEvents.GradientHistogram], [new("step", "Step", Integer), new("layer", "Layer", Text), new("bins", "Bins", Text)]),
        new("numerical_issues", [TrainingEvents.NumericalIssue],
        [
            new("type", "Type", Text), new("severity", "Severity", Text), new("location", "Location", Text), new("step", "Step", Integer), new("tensor_shape", "TensorShape", Text),
            new("nan_count", "NaNCount", Integer), new("infinity_count", "InfinityCount", Integer), new("element_count", "ElementCount", Integer), new("value", "Value", Real),
            new("recovery_action", "RecoveryAction", Text),
        ]),
        new("errors", [TrainingEvents.ErrorWithContext],
        [
            new("operation", "Operation", Text), new("category", "Category", Text), new("error", "Error", Text), new("context", "Context", Text), new("recovery", "Recovery", Text),
            new("recovered", "Recovered", Integer), new("suggestion", "Suggestion", Text), new("exception", "exception", Text),
        ]),
        new("performance", [TrainingEvents.Performance],
        [
            new("operation", "Operation", Text), new("duration_seconds", "DurationSeconds", Real), new("throughput", "Throughput", Real), new("batch_size", "BatchSize", Integer),
            new("managed_bytes", "ManagedBytes", Integer), new("managed_bytes_before", "ManagedBytesBefore", Integer), new("process_bytes", "ProcessBytes", Integer),
            new("process_bytes_before", "ProcessBytesBefore", Integer), new("gpu_bytes", "GpuBytes", Integer), new("gpu_utilization", "GpuUtilization", Real),
        ],
        HasMetrics: true),
        new("model_operations", [TrainingEvents.ModelOperationStarted, TrainingEvents.ModelOperationSucceeded, TrainingEvents.ModelOperationFailed],
        [
            new("operation", "Operation", Text), new("model", "Model", Text), new("success", "Success", Integer), new("duration_seconds", "DurationSeconds", Real), new("details", "Details", Text),
        ]),
        new("resources", [TrainingEvents.ResourceUsage],
        [
            new("process_cpu", "ProcessCpu", Real), new("system_cpu", "SystemCpu", Real), new("process_bytes", "ProcessBytes", Integer), new("managed_bytes", "ManagedBytes", Integer),
            new("available_bytes", "AvailableBytes", Integer), new("total_bytes", "TotalBytes", Integer), new("collections", "Collections", Integer),
            new("generation2_collections", "Generation2Collections", Integer), new("pause_time", "PauseTime", Real), new("pool_threads", "PoolThreads", Integer),
            new("pool_queue", "PoolQueue", Integer), new("disk_free_bytes", "DiskFreeBytes", Integer),
        ]),
        new("gpus", [TrainingEvents.GpuUsage],
        [
            new("device", "Device", Integer), new("name", "Name", Text), new("utilization", "Utilization", Real), new("used_bytes", "UsedBytes", Integer),
            new("total_bytes", "TotalBytes", Integer), new("temperature", "Temperature", Integer), new("power_watts", "PowerWatts", Real),
        ]),
        new("system_events", [TrainingEvents.SystemEvent], [new("type", "EventType", Text), new("description", "Description", Text), new("details", "Details", Text)]),
    ];

    /// <summary>The tables by event number.</summary>
    public static readonly Dictionary<int, Table> ByEvent = All.SelectMany(table => table.Events, (table, number) => (table, number)).ToDictionary(pair => pair.number, pair => pair.table);

    private static readonly Dictionary<string, string> Names = All.SelectMany(table => table.Columns).GroupBy(column => column.Property).ToDictionary(group => group.Key, group => group.First().Name);

    /// <summary>Returns the name of the column that an argument is in.</summary>
    /// <remarks>The system statistics at start and end have no table, and one number that is not in a table.</remarks>
    public static string NameOf(string property) => property == "ProcessorSeconds" ? "processor_seconds" : Names[property];
}
