using System.Runtime.CompilerServices;

namespace FastTrainLog.Records;

/// <summary>The number of an enum's value, as a record stores it: 8 bytes, with the sign where the underlying type has one.</summary>
/// <typeparam name="T">The enum.</typeparam>
internal static class EnumBits<T>
{
    private static readonly bool IsSigned = Type.GetTypeCode(typeof(T)) is TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Of(T value) => Unsafe.SizeOf<T>() switch
    {
        1 => IsSigned ? Unsafe.As<T, sbyte>(ref value) : Unsafe.As<T, byte>(ref value),
        2 => IsSigned ? Unsafe.As<T, short>(ref value) : Unsafe.As<T, ushort>(ref value),
        4 => IsSigned ? Unsafe.As<T, int>(ref value) : Unsafe.As<T, uint>(ref value),
        _ => Unsafe.As<T, long>(ref value),
    };
}
