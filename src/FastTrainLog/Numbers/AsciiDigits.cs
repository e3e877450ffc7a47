using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastTrainLog.Numbers;

/// <summary>Converts integers to decimal digits, eight at a time in one 64-bit word.</summary>
internal static class AsciiDigits
{
    /// <summary>Eight ASCII zeros; adding it to a word of digits converts them to text.</summary>
    public const ulong Zeros = 0x3030303030303030;

    /// <summary>Returns the eight digits of a number below 10^8, one a byte (0 to 9), the first digit in the lowest byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Split(uint value)
    {
        // Halve three times, each half in its own lane: 4 digits, 2 digits, 1. 10486/2^20 and 103/2^10 divide by 100 and 10
        // exactly for numbers below 10^4 and 10^2, and the products do not overflow the lane.
        uint upper = value / 10_000;
        ulong lanes = upper | ((ulong)(value - (upper * 10_000)) << 32);
        ulong hundreds = ((lanes * 10486) >> 20) & 0x0000007F_0000007F;
        lanes = hundreds | ((lanes - (hundreds * 100)) << 16);
        ulong tens = ((lanes * 103) >> 10) & 0x000F_000F_000F_000F;
        return tens | ((lanes - (tens * 10)) << 8);
    }

    /// <summary>Returns the number of digits without the trailing zeros, of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountWithoutTrailingZeros(ulong digits) => (71 - BitOperations.LeadingZeroCount(digits)) >> 3;

    /// <summary>Writes a number without leading zeros; the text has up to 20 bytes, and up to 24 bytes are overwritten.</summary>
    /// <param name="destination">The first of at least 24 bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>The count of digits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(ref byte destination, ulong value)
        => value < 100_000_000 ? WriteUpToEight(ref destination, (uint)value) : WriteLong(ref destination, value);

    /// <summary>Writes eight digits as text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref byte destination, ulong digits) => StoreRaw(ref destination, digits + Zeros);

    /// <summary>Writes eight bytes, the lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRaw(ref byte destination, ulong bytes)
        => Unsafe.WriteUnaligned(ref destination, BitConverter.IsLittleEndian ? bytes : BinaryPrimitives.ReverseEndianness(bytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteUpToEight(ref byte destination, uint value)
    {
        ulong digits = Split(value);

        // The last digit is kept even if it is a zero.
        int leading = BitOperations.TrailingZeroCount(digits | (1UL << 56)) >> 3;
        StoreRaw(ref destination, (digits + Zeros) >> (leading * 8));
        return 8 - leading;
    }

    private static int WriteLong(ref byte destination, ulong value)
    {
        ulong upper = value / 100_000_000;
        int length = upper < 100_000_000
            ? WriteUpToEight(ref destination, (uint)upper)
            : WriteLong(ref destination, upper);
        Store(ref Unsafe.Add(ref destination, length), Split((uint)(value - (upper * 100_000_000))));
        return length + 8;
    }
}
