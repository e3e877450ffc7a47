namespace FastTrainLog.Shipping;

/// <summary>An object with rows of the lines of another one.</summary>
/// <param name="Name">Its name below the place of the log.</param>
/// <param name="Table">The table.</param>
/// <param name="Run">The run; null for records of none.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="FirstStep">The lowest step of them; null unless they are of steps, which a run that is resumed may repeat.</param>
/// <param name="LastStep">The highest.</param>
internal sealed record S3Rows(string Name, string Table, string? Run, long Rows, long? FirstStep, long? LastStep);
