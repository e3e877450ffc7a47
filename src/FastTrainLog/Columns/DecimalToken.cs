namespace FastTrainLog.Columns;

/// <summary>A decimal number as it is written: without an exponent, and with no digit that another writer would leave out before the point.</summary>
/// <param name="Digits">All its digits as an integer, with its sign.</param>
/// <param name="Decimals">How many of them are after the point.</param>
/// <param name="IsTrimmed">Whether they do not end with a zero.</param>
internal readonly record struct DecimalToken(long Digits, int Decimals, bool IsTrimmed)
{
    private static readonly long[] PowersOfTen = MakePowers();

    /// <summary>Reads a token.</summary>
    /// <returns>Whether it is such a number, of 18 digits at most.</returns>
    public static bool TryRead(ReadOnlySpan<byte> token, out DecimalToken read)
    {
        read = default;
        bool isNegative = token[0] == '-';
        ReadOnlySpan<byte> digits = isNegative ? token[1..] : token;
        if (digits.Length is 0 or > TokenForm.MostDigits + 1)
        {
            return false;
        }

        long value = 0;
        int point = -1;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[i] - '0';
            if ((uint)digit <= 9)
            {
                value = (value * 10) + digit;
            }
            else if (digits[i] == '.' && point < 0 && i > 0 && i + 1 < digits.Length)
            {
                point = i;
            }
            else
            {
                return false;
            }
        }

        int whole = point < 0 ? digits.Length : point;
        int decimals = point < 0 ? 0 : digits.Length - point - 1;
        if ((whole > 1 && digits[0] == '0') || whole + decimals > TokenForm.MostDigits || (isNegative && value == 0))
        {
            return false;
        }

        read = new DecimalToken(isNegative ? -value : value, decimals, decimals == 0 || digits[^1] != '0');
        return true;
    }

    /// <summary>Returns the digits with some count of decimals, which is not below its own.</summary>
    public bool TryScale(int decimals, out long value)
    {
        value = 0;
        if (decimals < Decimals || decimals - Decimals > TokenForm.MostDigits)
        {
            return false;
        }

        Int128 scaled = (Int128)Digits * PowersOfTen[decimals - Decimals];
        value = unchecked((long)scaled);
        return scaled == value;
    }

    private static long[] MakePowers()
    {
        long[] powers = new long[TokenForm.MostDigits + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = 10 * powers[i - 1];
        }

        return powers;
    }
}
