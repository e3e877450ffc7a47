using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog.Formatting;

/// <summary>Products of 64-bit words whose upper half is wanted.</summary>
internal static class WideProduct
{
    /// <summary>Returns the upper 64 bits of a product.</summary>
    /// <remarks><see cref="Math.BigMul(ulong, ulong, out ulong)"/> passes the lower ones through memory on x86 even where nobody wants them.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong High(ulong left, ulong right)
        => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(left, right) : Math.BigMul(left, right, out _);
}
