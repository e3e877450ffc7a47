using System.ComponentModel;

namespace FastTrainLog.Records;

/// <summary>Knows how a generated state is encoded, so that a call that comes through a composite logger becomes a record as directly as one that does not.</summary>
/// <remarks>
/// An interface on the state would box it wherever the JIT does not optimise: in debug builds, and in a method's first calls.
/// </remarks>
/// <typeparam name="TState">The state's type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RecordState<TState>
{
    /// <summary>Gets what encodes the state; null for a state that the generator did not write.</summary>
    internal static RecordEncoder<TState>? Encoder { get; private set; }

    /// <summary>Sets what encodes the state; generated code does so before the state's first use.</summary>
    /// <param name="encoder">The encoder.</param>
    public static void Register(RecordEncoder<TState> encoder) => Encoder = encoder;
}
