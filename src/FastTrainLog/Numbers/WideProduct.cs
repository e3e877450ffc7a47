using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog.Numbers;

/// <summary>Products of 64-bit words of which only the upper half is needed.</summary>
internal static class WideProduct
{
    /// <summary>Returns the upper 64 bits of a product.</summary>
    /// <remarks><see cref="Math.BigMul(ulong, ulong, out ulong)"/> stores the lower bits to memory on x86 even if they are not used.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong High(ulong left, ulong right)
        => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(left, right) : Math.BigMul(left, right, out _);
}
