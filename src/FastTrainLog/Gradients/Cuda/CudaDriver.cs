using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>The functions of the CUDA driver API that the clipper calls, bound by name at run time.</summary>
/// <remarks>
/// Invariant: every pointer is a function with the declared signature, from a library that is never unloaded. The names with
/// <c>_v2</c> are the ABI since CUDA 4.0. <c>CUresult</c> and <c>CUdevice</c> are 32-bit integers, <c>CUdeviceptr</c> a 64-bit one,
/// contexts, modules, functions, streams and events are pointers.
/// </remarks>
internal sealed unsafe class CudaDriver
{
    public const int Success = 0;
    public const int NotReady = 600;

    private readonly delegate* unmanaged<int, byte**, int> _getErrorName;
    private readonly delegate* unmanaged<int, byte**, int> _getErrorString;

    private CudaDriver(Func<string, nint> require, Func<string, nint> find)
    {
        Init = (delegate* unmanaged<uint, int>)require("cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, int>)require("cuDriverGetVersion");
        DeviceGetCount = (delegate* unmanaged<int*, int>)require("cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)require("cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)require("cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)require("cuDeviceGetAttribute");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)require("cuDevicePrimaryCtxRetain");
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)(find("cuDevicePrimaryCtxRelease_v2") is var release && release != 0
            ? release
            : require("cuDevicePrimaryCtxRelease"));
        CtxPushCurrent = (delegate* unmanaged<nint, int>)require("cuCtxPushCurrent_v2");
        CtxPopCurrent = (delegate* unmanaged<nint*, int>)require("cuCtxPopCurrent_v2");
        CtxSynchronize = (delegate* unmanaged<int>)require("cuCtxSynchronize");
        ModuleLoadDataEx = (delegate* unmanaged<nint*, byte*, uint, int*, void**, int>)require("cuModuleLoadDataEx");
        ModuleUnload = (delegate* unmanaged<nint, int>)require("cuModuleUnload");
        ModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)require("cuModuleGetFunction");
        LaunchKernel = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)require("cuLaunchKernel");
        MemAlloc = (delegate* unmanaged<ulong*, nuint, int>)require("cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<ulong, int>)require("cuMemFree_v2");
        MemHostAlloc = (delegate* unmanaged<void**, nuint, uint, int>)require("cuMemHostAlloc");
        MemFreeHost = (delegate* unmanaged<void*, int>)require("cuMemFreeHost");
        MemHostGetDevicePointer = (delegate* unmanaged<ulong*, void*, uint, int>)require("cuMemHostGetDevicePointer_v2");
        MemcpyHtoDAsync = (delegate* unmanaged<ulong, void*, nuint, nint, int>)require("cuMemcpyHtoDAsync_v2");
        MemcpyDtoH = (delegate* unmanaged<void*, ulong, nuint, int>)require("cuMemcpyDtoH_v2");
        MemsetD8Async = (delegate* unmanaged<ulong, byte, nuint, nint, int>)require("cuMemsetD8Async");
        EventCreate = (delegate* unmanaged<nint*, uint, int>)require("cuEventCreate");
        EventDestroy = (delegate* unmanaged<nint, int>)require("cuEventDestroy_v2");
        EventRecord = (delegate* unmanaged<nint, nint, int>)require("cuEventRecord");
        EventQuery = (delegate* unmanaged<nint, int>)require("cuEventQuery");
        StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)require("cuStreamWaitEvent");

        // Since CUDA 10; before it, capturing did not exist.
        StreamIsCapturing = (delegate* unmanaged<nint, int*, int>)find("cuStreamIsCapturing");
        _getErrorName = (delegate* unmanaged<int, byte**, int>)find("cuGetErrorName");
        _getErrorString = (delegate* unmanaged<int, byte**, int>)find("cuGetErrorString");
    }

    public delegate* unmanaged<uint, int> Init { get; }

    public delegate* unmanaged<int*, int> DriverGetVersion { get; }

    public delegate* unmanaged<int*, int> DeviceGetCount { get; }

    public delegate* unmanaged<int*, int, int> DeviceGet { get; }

    public delegate* unmanaged<byte*, int, int, int> DeviceGetName { get; }

    public delegate* unmanaged<int*, int, int, int> DeviceGetAttribute { get; }

    public delegate* unmanaged<nint*, int, int> DevicePrimaryCtxRetain { get; }

    public delegate* unmanaged<int, int> DevicePrimaryCtxRelease { get; }

    public delegate* unmanaged<nint, int> CtxPushCurrent { get; }

    public delegate* unmanaged<nint*, int> CtxPopCurrent { get; }

    public delegate* unmanaged<int> CtxSynchronize { get; }

    public delegate* unmanaged<nint*, byte*, uint, int*, void**, int> ModuleLoadDataEx { get; }

    public delegate* unmanaged<nint, int> ModuleUnload { get; }

    public delegate* unmanaged<nint*, nint, byte*, int> ModuleGetFunction { get; }

    public delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> LaunchKernel { get; }

    public delegate* unmanaged<ulong*, nuint, int> MemAlloc { get; }

    public delegate* unmanaged<ulong, int> MemFree { get; }

    public delegate* unmanaged<void**, nuint, uint, int> MemHostAlloc { get; }

    public delegate* unmanaged<void*, int> MemFreeHost { get; }

    public delegate* unmanaged<ulong*, void*, uint, int> MemHostGetDevicePointer { get; }

    public delegate* unmanaged<ulong, void*, nuint, nint, int> MemcpyHtoDAsync { get; }

    public delegate* unmanaged<void*, ulong, nuint, int> MemcpyDtoH { get; }

    public delegate* unmanaged<ulong, byte, nuint, nint, int> MemsetD8Async { get; }

    public delegate* unmanaged<nint*, uint, int> EventCreate { get; }

    public delegate* unmanaged<nint, int> EventDestroy { get; }

    public delegate* unmanaged<nint, nint, int> EventRecord { get; }

    public delegate* unmanaged<nint, int> EventQuery { get; }

    public delegate* unmanaged<nint, nint, uint, int> StreamWaitEvent { get; }

    /// <summary>Gets the function that returns whether a stream is being captured, or null if the driver is older than CUDA 10.</summary>
    public delegate* unmanaged<nint, int*, int> StreamIsCapturing { get; }

    /// <summary>Gets the name under which the driver's installer puts the library on this system.</summary>
    public static string DefaultLibrary => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>Loads the driver's library and binds its functions.</summary>
    /// <param name="library">The library's name or path.</param>
    /// <returns>The driver.</returns>
    /// <exception cref="CudaUnavailableException">There is no driver, or a function is missing in it.</exception>
    public static CudaDriver Load(string library)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle))
        {
            throw new CudaUnavailableException(
                $"no CUDA driver: {library} cannot be loaded. Install the NVIDIA driver, or keep the gradients on the CPU");
        }

        return Bind(name => NativeLibrary.TryGetExport(handle, name, out nint address) ? address : 0, library);
    }

    /// <summary>Binds the functions through a lookup that returns 0 for an unknown name.</summary>
    public static CudaDriver Bind(Func<string, nint> find, string library)
    {
        return new CudaDriver(Require, find);

        nint Require(string name) => find(name) is var address && address != 0
            ? address
            : throw new CudaUnavailableException(
                $"the CUDA driver is too old: {library} has no {name}. Install a driver for CUDA 9 or later");
    }

    /// <summary>Throws if a call failed.</summary>
    /// <param name="result">What the call returned.</param>
    /// <param name="call">The name of the call for the message.</param>
    public void Check(int result, string call)
    {
        if (result != Success)
        {
            throw new CudaUnavailableException($"{call} failed with {Describe(result)}");
        }
    }

    /// <summary>Returns an error's name, number and description by the driver.</summary>
    public string Describe(int result)
    {
        byte* name = null;
        byte* words = null;
        if (_getErrorName != null)
        {
            _getErrorName(result, &name);
        }

        if (_getErrorString != null)
        {
            _getErrorString(result, &words);
        }

        string text = $"{(name == null ? "CUDA error" : Marshal.PtrToStringUTF8((nint)name))} ({result})";
        return words == null ? text : $"{text}: {Marshal.PtrToStringUTF8((nint)words)}";
    }
}
