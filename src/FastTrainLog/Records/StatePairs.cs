using System.ComponentModel;

namespace FastTrainLog.Records;

/// <summary>Walks over the named values of generated states, once for all of them: an iterator in each would be a type in each.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class StatePairs
{
    /// <summary>Returns an enumerator over the named values of a state.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The state.</param>
    /// <returns>The enumerator.</returns>
    public static IEnumerator<KeyValuePair<string, object?>> Enumerate<TState>(TState state)
        where TState : struct, IReadOnlyList<KeyValuePair<string, object?>>
    {
        for (int i = 0; i < state.Count; i++)
        {
            yield return state[i];
        }
    }
}
