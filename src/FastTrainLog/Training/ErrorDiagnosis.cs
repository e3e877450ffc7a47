namespace FastTrainLog.Training;

/// <summary>What is known of an exception.</summary>
/// <param name="Category">What it is about.</param>
/// <param name="Suggestion">What usually helps, or null where nothing is known.</param>
public readonly record struct ErrorDiagnosis(ErrorCategory Category, string? Suggestion);
