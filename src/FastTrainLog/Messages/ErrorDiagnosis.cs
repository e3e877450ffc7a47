namespace FastTrainLog.Training;

/// <summary>What is known of an exception.</summary>
/// <param name="Category">Its category.</param>
/// <param name="Suggestion">The usual fix, or null if none is known.</param>
public readonly record struct ErrorDiagnosis(ErrorCategory Category, string? Suggestion);
