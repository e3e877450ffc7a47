using System.Text.RegularExpressions;

namespace FastTrainLog.Redaction;

/// <summary>A form of what is masked in texts.</summary>
/// <param name="words">The words of which a text that has it has one; null if that is not known.</param>
/// <param name="regex">Finds it, and what it is known by.</param>
/// <param name="partOf">The part of the text that is masked.</param>
internal sealed class TextForm(AnyOf? words, Regex regex, TextForm.Part partOf)
{
    /// <summary>Returns the part of a text that is masked; an empty one for nothing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the expression was found.</param>
    /// <param name="end">Where that ends.</param>
    internal delegate Range Part(ReadOnlySpan<char> text, int start, int end);

    /// <summary>Returns whether a text has it.</summary>
    public bool IsIn(ReadOnlySpan<char> text)
    {
        if (words?.IsIn(text) == false)
        {
            return false;
        }

        foreach (ValueMatch match in regex.EnumerateMatches(text))
        {
            if (!text[partOf(text, match.Index, match.Index + match.Length)].IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Masks it, character by character.</summary>
    public void Hide(Span<char> text, char mask)
    {
        if (words?.IsIn(text) == false)
        {
            return;
        }

        foreach (ValueMatch match in regex.EnumerateMatches(text))
        {
            text[partOf(text, match.Index, match.Index + match.Length)].Fill(mask);
        }
    }
}
