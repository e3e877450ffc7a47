using System.Runtime.CompilerServices;

namespace FastTrainLog.Numbers;

/// <summary>Formats decimal digits as text, as the framework does for the invariant culture.</summary>
/// <remarks>
/// Invariant: every <c>destination</c> is the first of at least <see cref="Room"/> writable bytes. Stores are whole words, which may extend beyond
/// the end of the text but never beyond those bytes; the caller has checked the length.
/// </remarks>
internal static class DecimalText
{
    /// <summary>The bytes that must be writable from the first digit on.</summary>
    public const int Room = 40;

    private const uint TenToTheEighth = 100_000_000;

    /// <summary>Writes a shortest decimal as the framework does without a format: positional if that is short, otherwise like <c>1.5E-05</c>.</summary>
    /// <param name="destination">The place of the first digit.</param>
    /// <param name="digits">17 digits, the first of which is not a zero.</param>
    /// <param name="exponent">The decimal exponent of the first digit.</param>
    /// <returns>The count of bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteShortest17(ref byte destination, ulong digits, int exponent)
    {
        ulong upper = digits / TenToTheEighth;
        uint lead = (uint)(upper / TenToTheEighth);
        ulong first = AsciiDigits.Split((uint)(upper - ((ulong)lead * TenToTheEighth)));
        ulong second = AsciiDigits.Split((uint)(digits - (upper * TenToTheEighth)));
        int count = second != 0
            ? 9 + AsciiDigits.CountWithoutTrailingZeros(second)
            : 1 + AsciiDigits.CountWithoutTrailingZeros(first);
        return WriteShortest(ref destination, lead, first, second, count, exponent, positionalLimit: 16);
    }

    /// <summary>Writes a shortest decimal of a float; see <see cref="WriteShortest17"/>.</summary>
    /// <param name="destination">The place of the first digit.</param>
    /// <param name="digits">9 digits, the first of which is not a zero.</param>
    /// <param name="exponent">The decimal exponent of the first digit.</param>
    /// <returns>The count of bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteShortest9(ref byte destination, uint digits, int exponent)
    {
        uint lead = digits / TenToTheEighth;
        ulong first = AsciiDigits.Split(digits - (lead * TenToTheEighth));
        int count = 1 + AsciiDigits.CountWithoutTrailingZeros(first);
        return WriteShortest(ref destination, lead, first, second: 0, count, exponent, positionalLimit: 8);
    }

    /// <summary>Writes digits as <c>d.ddde±xx</c>.</summary>
    /// <param name="destination">The place of the first digit.</param>
    /// <param name="digits">Exactly <paramref name="count"/> digits, the first of which is not a zero unless all are.</param>
    /// <param name="count">The count of digits, 1 to 17.</param>
    /// <param name="exponent">The decimal exponent of the first digit.</param>
    /// <param name="symbol">The exponent's letter, <c>e</c> or <c>E</c>.</param>
    /// <param name="exponentDigits">The minimum count of digits of the exponent, 2 or 3.</param>
    /// <returns>The count of bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteScientific(ref byte destination, ulong digits, int count, int exponent, byte symbol, int exponentDigits)
    {
        if (count <= 9)
        {
            uint nine = (uint)(digits * RoundedDecimal.PowerOfTen(9 - count));
            uint lead = nine / TenToTheEighth;
            destination = (byte)('0' + lead);
            AsciiDigits.Store(ref Unsafe.Add(ref destination, 2), AsciiDigits.Split(nine - (lead * TenToTheEighth)));
        }
        else
        {
            ulong seventeen = digits * RoundedDecimal.PowerOfTen(17 - count);
            ulong upper = seventeen / TenToTheEighth;
            uint lead = (uint)(upper / TenToTheEighth);
            destination = (byte)('0' + lead);
            AsciiDigits.Store(ref Unsafe.Add(ref destination, 2), AsciiDigits.Split((uint)(upper - ((ulong)lead * TenToTheEighth))));
            AsciiDigits.Store(ref Unsafe.Add(ref destination, 10), AsciiDigits.Split((uint)(seventeen - (upper * TenToTheEighth))));
        }

        Unsafe.Add(ref destination, 1) = (byte)'.';
        int length = count == 1 ? 1 : count + 1;
        return length + WriteExponent(ref Unsafe.Add(ref destination, length), exponent, symbol, exponentDigits);
    }

    /// <summary>Writes an integer part and decimals as <c>123.4500</c>.</summary>
    /// <param name="destination">The place of the first digit.</param>
    /// <param name="whole">The integer part.</param>
    /// <param name="fraction">The decimals as a number.</param>
    /// <param name="decimals">The count of decimals, 0 to 9.</param>
    /// <returns>The count of bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteFixed(ref byte destination, ulong whole, uint fraction, int decimals)
    {
        int length = AsciiDigits.Write(ref destination, whole);
        if (decimals == 0)
        {
            return length;
        }

        ref byte point = ref Unsafe.Add(ref destination, length);
        point = (byte)'.';
        if (decimals == 9)
        {
            uint lead = fraction / TenToTheEighth;
            Unsafe.Add(ref point, 1) = (byte)('0' + lead);
            AsciiDigits.Store(ref Unsafe.Add(ref point, 2), AsciiDigits.Split(fraction - (lead * TenToTheEighth)));
        }
        else
        {
            uint eight = fraction * (uint)RoundedDecimal.PowerOfTen(8 - decimals);
            AsciiDigits.Store(ref Unsafe.Add(ref point, 1), AsciiDigits.Split(eight));
        }

        return length + 1 + decimals;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteShortest(
        ref byte destination, uint lead, ulong first, ulong second, int count, int exponent, int positionalLimit)
    {
        if ((uint)exponent <= (uint)positionalLimit)
        {
            return WriteWithPoint(ref destination, lead, first, second, count, exponent + 1);
        }

        if ((uint)(exponent + 4) < 4)
        {
            AsciiDigits.StoreRaw(ref destination, AsciiDigits.Zeros - ((ulong)('0' - '.') << 8));
            int start = 1 - exponent;
            ref byte digits = ref Unsafe.Add(ref destination, start);
            digits = (byte)('0' + lead);
            AsciiDigits.Store(ref Unsafe.Add(ref digits, 1), first);
            AsciiDigits.Store(ref Unsafe.Add(ref digits, 9), second);
            return start + count;
        }

        destination = (byte)('0' + lead);
        Unsafe.Add(ref destination, 1) = (byte)'.';
        AsciiDigits.Store(ref Unsafe.Add(ref destination, 2), first);
        AsciiDigits.Store(ref Unsafe.Add(ref destination, 10), second);
        int length = count == 1 ? 1 : count + 1;
        return length + WriteExponent(ref Unsafe.Add(ref destination, length), exponent, (byte)'E', minDigits: 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteWithPoint(ref byte destination, uint lead, ulong first, ulong second, int count, int wholeDigits)
    {
        if (wholeDigits >= 8)
        {
            return WriteWithLatePoint(ref destination, lead, first, second, count, wholeDigits);
        }

        // The point is in the first word: digits before it keep their positions, digits after it move by one.
        ulong word = ((first << 8) | lead) + AsciiDigits.Zeros;
        int pointBit = wholeDigits * 8;
        ulong whole = (1UL << pointBit) - 1;
        ulong text = (word & whole) | ((ulong)'.' << pointBit) | ((word & ~whole) << 8);
        AsciiDigits.StoreRaw(ref destination, text);
        Unsafe.Add(ref destination, 8) = (byte)('0' + (byte)(first >> 48));
        Unsafe.Add(ref destination, 9) = (byte)('0' + (byte)(first >> 56));
        AsciiDigits.Store(ref Unsafe.Add(ref destination, 10), second);
        return count <= wholeDigits ? wholeDigits : count + 1;
    }

    private static int WriteWithLatePoint(ref byte destination, uint lead, ulong first, ulong second, int count, int wholeDigits)
    {
        destination = (byte)('0' + lead);
        AsciiDigits.Store(ref Unsafe.Add(ref destination, 1), first);
        AsciiDigits.Store(ref Unsafe.Add(ref destination, 9), second);
        if (count <= wholeDigits)
        {
            return wholeDigits;
        }

        if (wholeDigits == 8)
        {
            Unsafe.Add(ref destination, 9) = (byte)('0' + (byte)(first >> 56));
            AsciiDigits.Store(ref Unsafe.Add(ref destination, 10), second);
        }
        else
        {
            AsciiDigits.Store(ref Unsafe.Add(ref destination, wholeDigits + 1), second >> ((wholeDigits - 9) * 8));
        }

        Unsafe.Add(ref destination, wholeDigits) = (byte)'.';
        return count + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteExponent(ref byte destination, int exponent, byte symbol, int minDigits)
    {
        uint magnitude = (uint)Math.Abs(exponent);
        destination = symbol;
        Unsafe.Add(ref destination, 1) = (byte)(exponent < 0 ? '-' : '+');
        uint hundreds = magnitude / 100;
        uint rest = magnitude - (hundreds * 100);
        uint tens = rest / 10;
        int skipped = (hundreds == 0) & (minDigits < 3) ? 0 : 1;
        Unsafe.Add(ref destination, 2) = (byte)('0' + hundreds);
        Unsafe.Add(ref destination, 2 + skipped) = (byte)('0' + tens);
        Unsafe.Add(ref destination, 3 + skipped) = (byte)('0' + rest - (tens * 10));
        return 4 + skipped;
    }
}
