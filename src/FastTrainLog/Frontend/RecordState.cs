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
    /// <summary>Gets the delegate that formats the message of a state, for a logger that needs one: the same for all calls of a method.</summary>
    /// <remarks>It does not throw: a value whose own formatting throws is replaced by a text that says so.</remarks>
    public static Func<TState, Exception?, string> Format { get; } = static (state, _) => MessageOf(state);

    /// <summary>Gets what encodes the state; null for a state that the generator did not write.</summary>
    internal static RecordEncoder<TState>? Encoder { get; private set; }

    /// <summary>Sets what encodes the state; generated code does so before the state's first use.</summary>
    /// <param name="encoder">The encoder.</param>
    public static void Register(RecordEncoder<TState> encoder) => Encoder = encoder;

    private static string MessageOf(TState state)
    {
        try
        {
            return state?.ToString() ?? string.Empty;
        }
        catch (Exception failure)
        {
            return state is IReadOnlyList<KeyValuePair<string, object?>> pairs && pairs[^1] is { Key: FormattedText.Template, Value: string template }
                ? FormattedText.Fill(template, pairs)
                : SafeText.Failure(typeof(TState), failure);
        }
    }
}
