namespace FastTrainLog;

/// <summary>Logs the numbers of a parameter or property one by one, up to a limit: arrays, spans and memory.</summary>
/// <remarks>
/// If there are more numbers than the limit, the first ones are logged, followed by <c>… n more</c>. They are copied at the call without an
/// allocation. Numbers without their own binary form, such as <see cref="Int128"/>, are converted to <see cref="double"/>.
/// </remarks>
/// <param name="limit">The most numbers that are logged: 1 to 4096.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class LogValuesAttribute(int limit) : Attribute
{
    /// <summary>Gets the most numbers that are logged.</summary>
    public int Limit { get; } = limit;
}
