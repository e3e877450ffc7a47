#if NET9_0_OR_GREATER
using System.Buffers;
#endif

namespace FastTrainLog.Redaction;

/// <summary>A set of words that are searched together.</summary>
internal sealed class AnyOf
{
#if NET9_0_OR_GREATER
    private readonly SearchValues<string> _words;

    /// <param name="comparison">How they are compared.</param>
    /// <param name="words">The words.</param>
    public AnyOf(StringComparison comparison, params string[] words) => _words = SearchValues.Create(words, comparison);

    /// <summary>Returns whether a text has one of them.</summary>
    public bool IsIn(ReadOnlySpan<char> text) => text.ContainsAny(_words);
#else
    private readonly StringComparison _comparison;
    private readonly string[] _words;

    /// <param name="comparison">How they are compared.</param>
    /// <param name="words">The words.</param>
    public AnyOf(StringComparison comparison, params string[] words) => (_comparison, _words) = (comparison, words);

    /// <summary>Returns whether a text has one of them.</summary>
    public bool IsIn(ReadOnlySpan<char> text)
    {
        foreach (string word in _words)
        {
            if (text.Contains(word, _comparison))
            {
                return true;
            }
        }

        return false;
    }
#endif
}
