using System.Reflection;
using System.Runtime.InteropServices;
using FastTrainLog.GpuBench;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.Kernels.Tests.Pocl;

/// <summary>
/// A CUDA driver in this process whose device memory is host memory and whose kernels are the repository's, compiled as OpenCL C: the
/// clipper runs on it unchanged. Work is done at once, so that there is nothing to wait for.
/// </summary>
internal static unsafe class PoclDriver
{
    private const int Ok = 0;
    private const int MultiprocessorCount = 16;

    private static OpenCl? s_openCl;
    private static nint s_measure;
    private static nint s_histogram;
    private static nint s_apply;

    /// <summary>Compiles the kernels and binds a driver to them.</summary>
    /// <param name="reason">Why that is not possible on this machine.</param>
    public static BenchDriver? TryLoad(out string? reason)
    {
        // OpenCL C 1.2 demands no particular order of float operations beyond C's; nothing relaxed is asked for.
        s_openCl ??= OpenCl.TryCreate(KernelSource.Flattened(), "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt", out reason);
        if (s_openCl is null)
        {
            OpenCl.TryCreate(string.Empty, string.Empty, out reason);
            return null;
        }

        reason = null;
        s_measure = s_openCl.Kernel("ftl_measure");
        s_histogram = s_openCl.Kernel("ftl_histogram");
        s_apply = s_openCl.Kernel("ftl_apply");
        return new BenchDriver(CudaDriver.Bind(Find, "PoCL"), Find);
    }

    private static nint Find(string name)
        => typeof(PoclDriver).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)?.MethodHandle.GetFunctionPointer() ?? 0;

    [UnmanagedCallersOnly]
    private static int cuInit(uint flags) => Ok;

    [UnmanagedCallersOnly]
    private static int cuDriverGetVersion(int* version) => Return(version, 12040);

    [UnmanagedCallersOnly]
    private static int cuDeviceGetCount(int* count) => Return(count, 1);

    [UnmanagedCallersOnly]
    private static int cuDeviceGet(int* device, int ordinal) => Return(device, ordinal);

    [UnmanagedCallersOnly]
    private static int cuDeviceGetName(byte* name, int length, int device)
    {
        "PoCL\0"u8.CopyTo(new Span<byte>(name, length));
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int cuDeviceGetAttribute(int* value, int attribute, int device) => Return(value, attribute == MultiprocessorCount ? 2 : 7);

    [UnmanagedCallersOnly]
    private static int cuDevicePrimaryCtxRetain(nint* context, int device) => Return(context, 1);

    [UnmanagedCallersOnly]
    private static int cuDevicePrimaryCtxRelease(int device) => Ok;

    [UnmanagedCallersOnly]
    private static int cuCtxPushCurrent_v2(nint context) => Ok;

    [UnmanagedCallersOnly]
    private static int cuCtxPopCurrent_v2(nint* context) => Ok;

    [UnmanagedCallersOnly]
    private static int cuCtxSynchronize() => Ok;

    [UnmanagedCallersOnly]
    private static int cuModuleLoadDataEx(nint* module, byte* image, uint count, int* options, void** values) => Return(module, 1);

    [UnmanagedCallersOnly]
    private static int cuModuleUnload(nint module) => Ok;

    [UnmanagedCallersOnly]
    private static int cuModuleGetFunction(nint* function, nint module, byte* name)
        => Return(function, Marshal.PtrToStringUTF8((nint)name) switch
        {
            "ftl_measure" => s_measure,
            "ftl_histogram" => s_histogram,
            _ => s_apply,
        });

    [UnmanagedCallersOnly]
    private static int cuLaunchKernel(
        nint function, uint gx, uint gy, uint gz, uint bx, uint by, uint bz, uint shared, nint stream, void** parameters, void** extra)
        => s_openCl!.Run(function, gx, bx, parameters[0], sizeof(KernelLaunch));

    [UnmanagedCallersOnly]
    private static int cuMemAlloc_v2(ulong* address, nuint bytes) => Return(address, (ulong)NativeMemory.AlignedAlloc(bytes, 256));

    [UnmanagedCallersOnly]
    private static int cuMemFree_v2(ulong address)
    {
        NativeMemory.AlignedFree((void*)address);
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int cuMemHostAlloc(void** address, nuint bytes, uint flags)
    {
        *address = NativeMemory.AlignedAlloc(bytes, 256);
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int cuMemFreeHost(void* address)
    {
        NativeMemory.AlignedFree(address);
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int cuMemHostGetDevicePointer_v2(ulong* device, void* host, uint flags) => Return(device, (ulong)host);

    [UnmanagedCallersOnly]
    private static int cuMemcpyHtoDAsync_v2(ulong target, void* source, nuint bytes, nint stream)
    {
        NativeMemory.Copy(source, (void*)target, bytes);
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int cuMemcpyDtoH_v2(void* target, ulong source, nuint bytes)
    {
        NativeMemory.Copy((void*)source, target, bytes);
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int cuMemsetD8Async(ulong target, byte value, nuint bytes, nint stream)
    {
        NativeMemory.Fill((void*)target, bytes, value);
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int cuEventCreate(nint* created, uint flags) => Return(created, 1);

    [UnmanagedCallersOnly]
    private static int cuEventDestroy_v2(nint destroyed) => Ok;

    [UnmanagedCallersOnly]
    private static int cuEventRecord(nint recorded, nint stream) => Ok;

    [UnmanagedCallersOnly]
    private static int cuEventQuery(nint queried) => Ok;

    [UnmanagedCallersOnly]
    private static int cuStreamWaitEvent(nint stream, nint awaited, uint flags) => Ok;

    private static int Return<T>(T* to, T value)
        where T : unmanaged
    {
        *to = value;
        return Ok;
    }
}
