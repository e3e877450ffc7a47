namespace FastTrainLog;

/// <summary>Logs the numbers of a parameter or property as a <see cref="TensorSummary"/>: count, NaN count, minimum, maximum and mean.</summary>
/// <remarks>
/// For arrays, which are otherwise logged item by item, as <c>[LoggerMessage]</c> does. Spans and memory of numbers are summarised without it. The
/// summary is computed at the call, in one pass and without an allocation.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class LogSummaryAttribute : Attribute;
