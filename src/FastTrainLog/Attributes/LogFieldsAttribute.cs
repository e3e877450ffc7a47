namespace FastTrainLog;

/// <summary>Logs the public properties of a parameter as separate fields: <c>config.LearningRate</c>; in JSON as a nested object.</summary>
/// <remarks>
/// Properties that are objects themselves are expanded too, down to <see cref="MaxDepth"/>; what implements <see cref="IFormattable"/> or is a
/// sequence is logged as one value. Getters run at the call, on its thread, and what they throw reaches the caller.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class LogFieldsAttribute : Attribute
{
    /// <summary>Gets or sets how many levels of properties are logged: 1 for only the parameter's own, 8 at most. Objects below are logged as text. Default: 3.</summary>
    public int MaxDepth { get; set; } = 3;

    /// <summary>Gets or sets whether the properties are named without the name of the parameter. Default: false.</summary>
    public bool OmitReferenceName { get; set; }
}
