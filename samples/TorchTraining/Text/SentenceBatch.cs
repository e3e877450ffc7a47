using TorchSharp;

namespace TorchTraining.Text;

/// <summary>Sentences as the model reads them: in each row the characters, and for each place the character that follows.</summary>
internal sealed class SentenceBatch
{
    /// <summary>The length of a row: the line end that begins a sentence, and the sentence.</summary>
    public static int Length { get; } = Grammar.LongestSentence + 1;

    // What cross_entropy leaves out: the places after the end of a sentence.
    private const long Nothing = -100;

    private readonly long[] _inputs;
    private readonly long[] _targets;

    private SentenceBatch(string[] sentences)
    {
        Count = sentences.Length;
        _inputs = new long[Count * Length];
        _targets = new long[Count * Length];
        Array.Fill(_targets, Nothing);
        for (int row = 0; row < Count; row++)
        {
            string text = $"\n{sentences[row]}\n";
            for (int i = 0; i < text.Length - 1; i++)
            {
                _inputs[(row * Length) + i] = Grammar.Characters.IndexOf(text[i], StringComparison.Ordinal);
                _targets[(row * Length) + i] = Grammar.Characters.IndexOf(text[i + 1], StringComparison.Ordinal);
            }

            Characters += text.Length - 1;
        }
    }

    public int Count { get; }

    /// <summary>Gets the number of characters that are to be foretold.</summary>
    public int Characters { get; }

    /// <summary>Gets what the sentences cost whoever knows the grammar, in nats a character.</summary>
    public double SurpriseOfTheGrammar { get; private init; }

    public torch.Tensor Inputs() => torch.tensor(_inputs, [Count, Length]);

    public torch.Tensor Targets() => torch.tensor(_targets, [Count, Length]);

    /// <summary>Draws a batch.</summary>
    /// <param name="seed">Decides, so that a resumed run sees what an uninterrupted one would have seen.</param>
    /// <param name="count">The number of sentences.</param>
    /// <param name="heldOut">Whether they are kept from training.</param>
    public static SentenceBatch Draw(int seed, int count, bool heldOut)
    {
        var random = new Random(seed);
        var sentences = new string[count];
        double surprise = 0.0;
        for (int i = 0; i < count; i++)
        {
            sentences[i] = Grammar.Draw(random, heldOut, out double own);
            surprise += own;
        }

        return new SentenceBatch(sentences) { SurpriseOfTheGrammar = surprise / sentences.Sum(s => s.Length + 1) };
    }
}
