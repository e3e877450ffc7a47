namespace FastTrainLog.Training;

/// <summary>The names of outcomes, which are the same in all output and input.</summary>
internal static class RunOutcomes
{
    private static readonly string[] Words = [.. Enum.GetNames<RunOutcome>().Select(static name => name.ToLowerInvariant())];

    public static string Word(this RunOutcome outcome) => Words[(int)outcome];

    /// <summary>Reads a name; null for an unknown one, as in the log of another version.</summary>
    public static RunOutcome? Parse(ReadOnlySpan<char> word)
    {
        for (int i = 0; i < Words.Length; i++)
        {
            if (word.SequenceEqual(Words[i]))
            {
                return (RunOutcome)i;
            }
        }

        return null;
    }
}
