namespace FastTrainLog;

/// <summary>Logs the public properties of a parameter, each as a field of its own: <c>config.LearningRate</c>; in JSON an object in an object.</summary>
/// <remarks>
/// Properties that are objects themselves are taken apart too, down to <see cref="MaxDepth"/>; what implements <see cref="IFormattable"/> or is a
/// sequence is logged as one value. Getters run at the call, on its thread, and what they throw reaches the caller.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class LogPropertiesAttribute : Attribute
{
    /// <summary>Gets or sets how many levels of properties are logged: 1 for the parameter's own alone, 8 at most. Objects below are logged as text. Default: 3.</summary>
    public int MaxDepth { get; set; } = 3;

    /// <summary>Gets or sets whether the properties are named without the name of the parameter. Default: false.</summary>
    public bool OmitReferenceName { get; set; }
}
