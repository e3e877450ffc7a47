using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTrainLog.Records;

/// <summary>The binary form of numbers that are logged one by one: a byte for their kind, how many there were, how many follow (4 bytes each), and these.</summary>
internal static class NumberList
{
    public const int KindAt = 0;
    public const int TotalAt = 1;
    public const int StoredAt = 5;
    public const int HeaderBytes = 9;

    /// <summary>Returns whether a kind may be that of the numbers.</summary>
    public static bool IsElement(ArgumentKind kind) => kind is >= ArgumentKind.SByte and <= ArgumentKind.Decimal;

    /// <summary>Returns the kind that numbers of a type are stored as.</summary>
    public static ArgumentKind KindOf<T>()
        where T : unmanaged =>
        typeof(T) == typeof(sbyte) ? ArgumentKind.SByte
        : typeof(T) == typeof(byte) ? ArgumentKind.Byte
        : typeof(T) == typeof(short) ? ArgumentKind.Int16
        : typeof(T) == typeof(ushort) ? ArgumentKind.UInt16
        : typeof(T) == typeof(int) ? ArgumentKind.Int32
        : typeof(T) == typeof(uint) ? ArgumentKind.UInt32
        : typeof(T) == typeof(long) ? ArgumentKind.Int64
        : typeof(T) == typeof(ulong) ? ArgumentKind.UInt64
        : typeof(T) == typeof(Half) ? ArgumentKind.Half
        : typeof(T) == typeof(float) ? ArgumentKind.Single
        : typeof(T) == typeof(decimal) ? ArgumentKind.Decimal
        : ArgumentKind.Double;

    /// <summary>Returns the bytes that a number of a type is stored in.</summary>
    public static int ElementBytes<T>()
        where T : unmanaged => IsConverted<T>() ? sizeof(double) : Unsafe.SizeOf<T>();

    /// <summary>Copies numbers as they are stored.</summary>
    public static void Copy<T>(ReadOnlySpan<T> values, Span<byte> to)
        where T : unmanaged, INumber<T>
    {
        if (!IsConverted<T>())
        {
            MemoryMarshal.AsBytes(values).CopyTo(to);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            BitConverter.TryWriteBytes(to[(i * sizeof(double))..], double.CreateTruncating(values[i]));
        }
    }

    private static bool IsConverted<T>()
        where T : unmanaged => KindOf<T>() == ArgumentKind.Double && typeof(T) != typeof(double);
}
