namespace FastTrainLog.Columns;

/// <summary>Finds the tokens of a line: the words that contain a digit, which are what differs between two lines of the same call.</summary>
/// <remarks>A word consists of letters, digits, underscores and, between these, of the signs that numbers and times contain: <c>2026-01-01T00:00:00.5Z</c>, <c>-1.5e-05</c>, <c>gpu0</c>.</remarks>
internal static class TokenScanner
{
    private const byte None = 0;
    private const byte Letter = 1;
    private const byte Digit = 2;
    private const byte Sign = 3;

    private static ReadOnlySpan<byte> Kinds => _kinds;

    private static readonly byte[] _kinds = MakeKinds();

    /// <summary>Moves to the next token.</summary>
    /// <param name="line">The line.</param>
    /// <param name="at">Where to search from; after the token when one was found.</param>
    /// <param name="start">Where the token starts.</param>
    /// <returns>Whether there is one.</returns>
    public static bool Next(ReadOnlySpan<byte> line, ref int at, out int start)
    {
        ReadOnlySpan<byte> kinds = Kinds;
        int i = at;
        while (i < line.Length)
        {
            byte kind = kinds[line[i]];
            bool begins = kind is Letter or Digit || (line[i] == '-' && i + 1 < line.Length && kinds[line[i + 1]] == Digit);
            if (!begins)
            {
                i++;
                continue;
            }

            start = i;
            bool hasDigit = false;
            for (; i < line.Length && (kind = kinds[line[i]]) != None; i++)
            {
                hasDigit |= kind == Digit;
            }

            if (!hasDigit)
            {
                continue;
            }

            at = i;
            while (kinds[line[at - 1]] == Sign)
            {
                at--;
            }

            return true;
        }

        (at, start) = (line.Length, line.Length);
        return false;
    }

    private static byte[] MakeKinds()
    {
        byte[] kinds = new byte[256];
        kinds.AsSpan('0', 10).Fill(Digit);
        kinds.AsSpan('a', 26).Fill(Letter);
        kinds.AsSpan('A', 26).Fill(Letter);
        kinds['_'] = Letter;
        kinds['.'] = kinds[':'] = kinds['+'] = kinds['-'] = Sign;
        return kinds;
    }
}
