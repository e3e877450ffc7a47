using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog;

/// <summary>Members that .NET 9 and 10 added to the framework's own types, under their names.</summary>
internal static partial class FrameworkMembers
{
    private const string HexDigits = "0123456789abcdef";

    extension(Convert)
    {
        public static string ToHexStringLower(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

        public static bool TryToHexStringLower(ReadOnlySpan<byte> bytes, Span<byte> destination, out int written) => TryWriteHex(bytes, destination, out written);

        public static bool TryToHexStringLower(ReadOnlySpan<byte> bytes, Span<char> destination, out int written) => TryWriteHex(bytes, destination, out written);
    }

    extension(Math)
    {
        public static UInt128 BigMul(ulong left, ulong right)
        {
            ulong high = Math.BigMul(left, right, out ulong low);
            return new UInt128(high, low);
        }
    }

    extension(Environment)
    {
        public static ProcessTimes CpuUsage => new(ReadProcessTime());
    }

    extension(Vector128)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<double> MaxNative(Vector128<double> left, Vector128<double> right) =>
            Sse2.IsSupported ? Sse2.Max(left, right) : Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), left, right);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<double> MultiplyAddEstimate(Vector128<double> left, Vector128<double> right, Vector128<double> addend) =>
            Fma.IsSupported ? Fma.MultiplyAdd(left, right, addend) : (left * right) + addend;
    }

    extension(Vector256)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> MaxNative(Vector256<float> left, Vector256<float> right) =>
            Avx.IsSupported ? Avx.Max(left, right) : Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), left, right);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<double> MaxNative(Vector256<double> left, Vector256<double> right) =>
            Avx.IsSupported ? Avx.Max(left, right) : Vector256.ConditionalSelect(Vector256.GreaterThan(left, right), left, right);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<double> MultiplyAddEstimate(Vector256<double> left, Vector256<double> right, Vector256<double> addend) =>
            Fma.IsSupported ? Fma.MultiplyAdd(left, right, addend) : (left * right) + addend;
    }

    extension(Vector512)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> MaxNative(Vector512<double> left, Vector512<double> right) =>
            Avx512F.IsSupported ? Avx512F.Max(left, right) : Vector512.ConditionalSelect(Vector512.GreaterThan(left, right), left, right);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> MultiplyAddEstimate(Vector512<double> left, Vector512<double> right, Vector512<double> addend) =>
            Avx512F.IsSupported ? Avx512F.FusedMultiplyAdd(left, right, addend) : (left * right) + addend;
    }

    // The framework's Process allocates at each look.
    private static unsafe TimeSpan ReadProcessTime()
    {
        const int ProcessClockOfLinux = 2;
        long* time = stackalloc long[2];
        if (OperatingSystem.IsLinux() && ReadClock(ProcessClockOfLinux, time) == 0)
        {
            return TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / TimeSpan.NanosecondsPerTick);
        }

        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int ReadClock(int clock, long* time);

    private static bool TryWriteHex<T>(ReadOnlySpan<byte> bytes, Span<T> destination, out int written)
        where T : INumberBase<T>
    {
        written = 0;
        if (destination.Length < bytes.Length * 2)
        {
            return false;
        }

        foreach (byte value in bytes)
        {
            destination[written++] = T.CreateTruncating(HexDigits[value >> 4]);
            destination[written++] = T.CreateTruncating(HexDigits[value & 15]);
        }

        return true;
    }

    /// <summary>The processor time of the process.</summary>
    public readonly record struct ProcessTimes(TimeSpan TotalTime);
}
