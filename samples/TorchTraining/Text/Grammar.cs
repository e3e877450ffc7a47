namespace TorchTraining.Text;

/// <summary>The language that the model learns: 62,500 sentences such as <c>two small dogs see a red horse.</c>, in which article, noun and verb agree in number.</summary>
internal static class Grammar
{
    /// <summary>The letters of all sentences, after the line end that stands before and after each.</summary>
    public const string Characters = "\n .abcdefghijklmnoprstuwyv";

    /// <summary>The length of the longest sentence.</summary>
    public static int LongestSentence { get; } = "many happy horses follow many happy horses.".Length;

    private const int HeldOutShare = 10;

    private static readonly string[][] Articles = [["a", "the"], ["the", "two", "many"]];
    private static readonly string[] Adjectives = ["small", "old", "red", "happy"];
    private static readonly string[][] Nouns = [["dog", "cat", "bird", "horse", "robot"], ["dogs", "cats", "birds", "horses", "robots"]];
    private static readonly string[][] Verbs = [["sees", "likes", "follows", "hears"], ["see", "like", "follow", "hear"]];

    /// <summary>Draws a sentence.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="heldOut">Whether it is one of the tenth of all sentences that are kept from training.</param>
    /// <param name="surprise">What the sentence costs whoever knows the grammar: minus the logarithm of its probability, in nats.</param>
    public static string Draw(Random random, bool heldOut, out double surprise)
    {
        while (true)
        {
            surprise = 0.0;
            int number = Choose(random, 2, ref surprise);
            string subject = DrawPhrase(random, number, ref surprise);
            string verb = Verbs[number][Choose(random, Verbs[number].Length, ref surprise)];
            string sentence = $"{subject} {verb} {DrawPhrase(random, Choose(random, 2, ref surprise), ref surprise)}.";
            if (IsHeldOut(sentence) == heldOut)
            {
                return sentence;
            }
        }
    }

    /// <summary>Says whether a text is a sentence of the language.</summary>
    public static bool Accepts(string text)
    {
        if (!text.EndsWith('.'))
        {
            return false;
        }

        ReadOnlySpan<string> words = text[..^1].Split(' ');
        return ReadPhrase(ref words, out bool[] numbers)
            && ReadVerb(ref words, numbers)
            && ReadPhrase(ref words, out _)
            && words.IsEmpty;
    }

    private static string DrawPhrase(Random random, int number, ref double surprise)
    {
        string article = Articles[number][Choose(random, Articles[number].Length, ref surprise)];
        string adjective = Choose(random, 2, ref surprise) == 0 ? "" : Adjectives[Choose(random, Adjectives.Length, ref surprise)] + " ";
        return $"{article} {adjective}{Nouns[number][Choose(random, Nouns[number].Length, ref surprise)]}";
    }

    private static int Choose(Random random, int choices, ref double surprise)
    {
        surprise += Math.Log(choices);
        return random.Next(choices);
    }

    private static bool ReadPhrase(ref ReadOnlySpan<string> words, out bool[] numbers)
    {
        numbers = [false, false];
        int noun = words.Length > 1 && Adjectives.Contains(words[1]) ? 2 : 1;
        if (words.Length <= noun)
        {
            return false;
        }

        for (int number = 0; number < numbers.Length; number++)
        {
            numbers[number] = Articles[number].Contains(words[0]) && Nouns[number].Contains(words[noun]);
        }

        words = words[(noun + 1)..];
        return numbers.Contains(true);
    }

    private static bool ReadVerb(ref ReadOnlySpan<string> words, bool[] numbers)
    {
        if (words.IsEmpty)
        {
            return false;
        }

        string verb = words[0];
        words = words[1..];
        return (numbers[0] && Verbs[0].Contains(verb)) || (numbers[1] && Verbs[1].Contains(verb));
    }

    // FNV-1a: string.GetHashCode differs from process to process.
    private static bool IsHeldOut(string sentence)
    {
        uint hash = 2166136261;
        foreach (char c in sentence)
        {
            hash = (hash ^ c) * 16777619;
        }

        return hash % HeldOutShare == 0;
    }
}
