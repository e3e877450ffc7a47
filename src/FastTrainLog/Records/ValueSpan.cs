using System.ComponentModel;
using System.Numerics;

namespace FastTrainLog.Records;

/// <summary>The numbers that a call logs one by one: the first of them, and their count; created by generated code.</summary>
/// <typeparam name="T">The type of the numbers.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct ValueSpan<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Initializes the numbers of a call.</summary>
    /// <param name="values">All of them.</param>
    /// <param name="limit">How many are logged at most.</param>
    public ValueSpan(ReadOnlySpan<T> values, int limit)
        : this(values[..Math.Min(values.Length, limit)], values.Length, default)
    {
    }

    private ValueSpan(ReadOnlySpan<T> first, int total, byte unused)
    {
        First = first;
        Total = total;
    }

    internal ReadOnlySpan<T> First { get; }

    internal int Total { get; }

    /// <summary>Returns the numbers that a state kept.</summary>
    /// <param name="values">The numbers.</param>
    public static implicit operator ValueSpan<T>(LoggedValues<T> values) => new(values.First, values.Total, default);

    /// <summary>Copies the numbers, for a state to keep.</summary>
    /// <returns>The copy.</returns>
    public LoggedValues<T> Keep() => new(First.ToArray(), Total);
}
