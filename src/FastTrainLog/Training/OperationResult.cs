using System.Diagnostics.CodeAnalysis;

namespace FastTrainLog.Training;

/// <summary>The result of an operation that returns its failure instead of throwing it.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value; the type's default if the operation failed.</param>
/// <param name="Error">The last exception; null if the operation succeeded.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Duration">The time of all attempts, including the pauses between them.</param>
public readonly record struct OperationResult<T>(T? Value, Exception? Error, int Attempts, TimeSpan Duration)
{
    /// <summary>Gets a value indicating whether the operation succeeded.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Success => Error is null;
}
