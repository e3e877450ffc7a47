using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTrainLog.Numbers;

/// <summary>
/// Writes numbers as UTF-8, byte for byte as the framework does for the invariant culture but several times faster.
/// </summary>
/// <remarks>
/// Every method needs <see cref="RequiredLength"/> writable bytes, returns the length of the text in bytes, and may overwrite the rest.
/// A method that returns 0 could not prove its rounding or its range (an exact tie, a magnitude from 2^63 on, a neighbour at the
/// edge of 128 bits): <see cref="NumberFormat"/> then uses the framework. All are thread-safe and allocate nothing.
/// </remarks>
internal static class NumberWriter
{
    /// <summary>The minimum length of a destination in bytes.</summary>
    public const int RequiredLength = 1 + DecimalText.Room;

    /// <summary>The significant digits of a double that the framework computes for a custom pattern before it rounds a second time.</summary>
    public const int DoublePatternDigits = 15;

    /// <summary>The significant digits of a float that the framework computes for a custom pattern before it rounds a second time.</summary>
    public const int SinglePatternDigits = 7;

    private const ulong DoubleInfinity = 0x7FF0_0000_0000_0000;
    private const uint SingleInfinity = 0x7F80_0000;

    /// <summary>Writes the shortest text that reads back as <paramref name="value"/>, or returns 0.</summary>
    public static int TryWriteShortest(Span<byte> destination, double value)
    {
        ref byte start = ref Start(destination);
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong magnitude = bits & ~(1UL << 63);
        int sign = (int)(bits >> 63);
        if (magnitude >= DoubleInfinity)
        {
            return WriteNonFinite(destination, double.IsNaN(value), sign);
        }

        start = ref WriteSign(ref start, sign);
        BinarySignificand binary = BinarySignificand.Of(magnitude);
        if (TryGetWhole(binary, out ulong whole))
        {
            return sign + AsciiDigits.Write(ref start, whole);
        }

        if (!ShortestDecimal.TryFindDouble(binary, out ulong digits, out int exponent))
        {
            return 0;
        }

        Align(ref digits, ref exponent, 10_000_000_000_000_000);
        exponent += 16;
        return sign + DecimalText.WriteShortest17(ref start, digits, exponent);
    }

    /// <summary>Writes the shortest text that reads back as <paramref name="value"/>, or returns 0.</summary>
    public static int TryWriteShortest(Span<byte> destination, float value)
    {
        ref byte start = ref Start(destination);
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint magnitude = bits & ~(1u << 31);
        int sign = (int)(bits >> 31);
        if (magnitude >= SingleInfinity)
        {
            return WriteNonFinite(destination, float.IsNaN(value), sign);
        }

        start = ref WriteSign(ref start, sign);
        BinarySignificand binary = BinarySignificand.Of(magnitude);
        if (TryGetWhole(binary, out ulong whole))
        {
            return sign + AsciiDigits.Write(ref start, whole);
        }

        if (!ShortestDecimal.TryFindSingle(binary, out ulong digits, out int exponent))
        {
            return 0;
        }

        Align(ref digits, ref exponent, 100_000_000);
        exponent += 8;
        return sign + DecimalText.WriteShortest9(ref start, (uint)digits, exponent);
    }

    /// <summary>Writes <paramref name="value"/> rounded as a format other than the shortest requires, or returns 0.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="value">The number; a float widens to it without loss.</param>
    /// <param name="kind">The family of the format.</param>
    /// <param name="decimals">The count of decimals: 0 to 9 for <see cref="NumberFormatKind.Fixed"/>, 0 to 16 for the others.</param>
    /// <param name="symbol">The exponent's letter.</param>
    /// <param name="patternDigits">The significant digits that a custom pattern starts from: <see cref="DoublePatternDigits"/> or <see cref="SinglePatternDigits"/>.</param>
    public static int TryWriteRounded(
        Span<byte> destination, double value, NumberFormatKind kind, int decimals, byte symbol, int patternDigits)
    {
        ref byte start = ref Start(destination);
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong magnitude = bits & ~(1UL << 63);
        int sign = (int)(bits >> 63);
        if (magnitude >= DoubleInfinity)
        {
            return kind == NumberFormatKind.Other ? 0 : WriteNonFinite(destination, double.IsNaN(value), sign);
        }

        start = ref WriteSign(ref start, sign);
        BinarySignificand binary = BinarySignificand.Of(magnitude);
        int length = kind switch
        {
            NumberFormatKind.Fixed => TryWriteFixed(ref start, binary, decimals),
            NumberFormatKind.Scientific => TryWriteScientific(ref start, binary, decimals, symbol),
            NumberFormatKind.ScientificPattern => TryWriteScientificPattern(ref start, binary, decimals, symbol, patternDigits),
            _ => 0,
        };
        return length == 0 ? 0 : sign + length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TryWriteFixed(ref byte start, BinarySignificand value, int decimals)
        => FixedDecimal.TryRound(value, decimals, out ulong whole, out uint fraction)
            ? DecimalText.WriteFixed(ref start, whole, fraction, decimals)
            : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TryWriteScientific(ref byte start, BinarySignificand value, int decimals, byte symbol)
    {
        ulong digits = 0;
        int exponent = 0;
        return value.Digits == 0 || RoundedDecimal.TryRound(value, decimals + 1, out digits, out exponent)
            ? DecimalText.WriteScientific(ref start, digits, decimals + 1, exponent, symbol, exponentDigits: 3)
            : 0;
    }

    private static int TryWriteScientificPattern(
        ref byte start, BinarySignificand value, int decimals, byte symbol, int patternDigits)
    {
        ulong digits = 0;
        int exponent = 0;
        if (value.Digits != 0)
        {
            if (!RoundedDecimal.TryRound(value, patternDigits, out digits, out exponent))
            {
                return 0;
            }

            if (decimals + 1 < patternDigits)
            {
                RoundedDecimal.Shorten(ref digits, ref exponent, patternDigits, decimals + 1);
            }
            else
            {
                digits *= RoundedDecimal.PowerOfTen(decimals + 1 - patternDigits);
            }
        }

        return DecimalText.WriteScientific(ref start, digits, decimals + 1, exponent, symbol, exponentDigits: 2);
    }

    // The minus sign is always stored; without a sign the first digit overwrites it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte WriteSign(ref byte start, int sign)
    {
        start = (byte)'-';
        return ref Unsafe.Add(ref start, sign);
    }

    // Appends zeros until the first digit is in its position: a normal double needs at most one, a normal float two.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Align(ref ulong digits, ref int exponent, ulong least)
    {
        while (digits < least / 10)
        {
            digits *= 10;
            exponent--;
        }

        // Whether a zero is needed is unpredictable, so there is no branch.
        ulong isShort = (ulong)((long)(digits - least) >> 63);
        digits += (digits * 9) & isShort;
        exponent += (int)isShort;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryGetWhole(BinarySignificand value, out ulong whole)
    {
        // This includes zero: its exponent is the minimum, and shifting zero by any count gives zero.
        int places = -value.Exponent;
        whole = value.Digits >> places;
        return ((uint)places <= 52 && whole << places == value.Digits) || value.Digits == 0;
    }

    private static int WriteNonFinite(Span<byte> destination, bool isNaN, int sign)
    {
        ReadOnlySpan<byte> text = isNaN ? "NaN"u8 : sign != 0 ? "-Infinity"u8 : "Infinity"u8;
        text.CopyTo(destination);
        return text.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte Start(Span<byte> destination)
    {
        if (destination.Length < RequiredLength)
        {
            ThrowTooShort(destination);
        }

        return ref MemoryMarshal.GetReference(destination);
    }

    private static void ThrowTooShort(Span<byte> destination)
        => throw new ArgumentException($"The destination has {destination.Length} bytes; a number needs {RequiredLength}.", nameof(destination));
}
