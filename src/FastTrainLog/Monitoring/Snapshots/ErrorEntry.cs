namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>An exception that was logged with its context.</summary>
/// <param name="ErrorType">The full name of the exception's type.</param>
/// <param name="ErrorMessage">Its message.</param>
/// <param name="Category">What it is about, a member's name of <see cref="Training.ErrorCategory"/>.</param>
/// <param name="Context">The operation that failed.</param>
/// <param name="AdditionalData">The values that were logged with it.</param>
/// <param name="Recovery">The recovery that was attempted, or null.</param>
/// <param name="Recovered">Whether it succeeded, or null if that is not known.</param>
/// <param name="Suggestion">The usual fix, or null.</param>
/// <param name="Traceback">The exception's full text with stack and inner exceptions, at most 4,096 characters of it.</param>
/// <param name="Step">The last step of the run, or null.</param>
/// <param name="Timestamp">The time, in UTC.</param>
public sealed record ErrorEntry(
    string ErrorType,
    string ErrorMessage,
    string Category,
    string Context,
    IReadOnlyDictionary<string, string?> AdditionalData,
    string? Recovery,
    bool? Recovered,
    string? Suggestion,
    string Traceback,
    long? Step,
    DateTime Timestamp);
