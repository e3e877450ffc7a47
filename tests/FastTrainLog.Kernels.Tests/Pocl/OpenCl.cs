using System.Runtime.InteropServices;

namespace FastTrainLog.Kernels.Tests.Pocl;

/// <summary>The few functions of OpenCL that run a kernel, bound where the library is.</summary>
internal sealed unsafe class OpenCl
{
    private const string Library = "libOpenCL.so.1";
    private const uint DeviceTypeAll = 0xFFFFFFFF;
    private const uint DeviceName = 0x102B;
    private const uint BuildLog = 0x1183;

    private readonly nint _queue;
    private readonly nint _program;
    private readonly delegate* unmanaged<nint, byte*, int*, nint> _createKernel;
    private readonly delegate* unmanaged<nint, uint, nuint, void*, int> _setKernelArg;
    private readonly delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, void*, void*, int> _enqueue;
    private readonly delegate* unmanaged<nint, int> _finish;

    private OpenCl(nint library, string source, string options)
    {
        nint Export(string name) => NativeLibrary.GetExport(library, name);
        var getPlatforms = (delegate* unmanaged<uint, nint*, uint*, int>)Export("clGetPlatformIDs");
        var getDevices = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)Export("clGetDeviceIDs");
        var getDeviceInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Export("clGetDeviceInfo");
        var createContext = (delegate* unmanaged<nint*, uint, nint*, void*, void*, int*, nint>)Export("clCreateContext");
        var createQueue = (delegate* unmanaged<nint, nint, ulong, int*, nint>)Export("clCreateCommandQueue");
        var createProgram = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)Export("clCreateProgramWithSource");
        var build = (delegate* unmanaged<nint, uint, nint*, byte*, void*, void*, int>)Export("clBuildProgram");
        var getBuildInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Export("clGetProgramBuildInfo");
        _createKernel = (delegate* unmanaged<nint, byte*, int*, nint>)Export("clCreateKernel");
        _setKernelArg = (delegate* unmanaged<nint, uint, nuint, void*, int>)Export("clSetKernelArg");
        _enqueue = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, void*, void*, int>)Export("clEnqueueNDRangeKernel");
        _finish = (delegate* unmanaged<nint, int>)Export("clFinish");

        nint platform, device;
        int error;
        Check(getPlatforms(1, &platform, null), "clGetPlatformIDs");
        Check(getDevices(platform, DeviceTypeAll, 1, &device, null), "clGetDeviceIDs");
        byte* name = stackalloc byte[256];
        Check(getDeviceInfo(device, DeviceName, 256, name, null), "clGetDeviceInfo");
        Device = Marshal.PtrToStringUTF8((nint)name)!;
        nint context = createContext(null, 1, &device, null, null, &error);
        Check(error, "clCreateContext");
        _queue = createQueue(context, device, 0, &error);
        Check(error, "clCreateCommandQueue");
        fixed (byte* text = KernelSource.Utf8(source))
        {
            byte* one = text;
            _program = createProgram(context, 1, &one, null, &error);
            Check(error, "clCreateProgramWithSource");
        }

        fixed (byte* text = KernelSource.Utf8(options))
        {
            if (build(_program, 1, &device, text, null, null) is var failed && failed != 0)
            {
                var log = new byte[1 << 16];
                fixed (byte* room = log)
                {
                    getBuildInfo(_program, device, BuildLog, (nuint)log.Length, room, null);
                    throw new InvalidOperationException($"OpenCL build failed with {failed}: {Marshal.PtrToStringUTF8((nint)room)}");
                }
            }
        }
    }

    public string Device { get; }

    /// <summary>Compiles a program for the first device, or says why there is none.</summary>
    public static OpenCl? TryCreate(string source, string options, out string? reason)
    {
        reason = null;
        if (!NativeLibrary.TryLoad(Library, out nint library))
        {
            reason = $"{Library} is not on this machine (Debian: ocl-icd-libopencl1 and pocl-opencl-icd)";
            return null;
        }

        uint platforms = 0;
        var getPlatforms = (delegate* unmanaged<uint, nint*, uint*, int>)NativeLibrary.GetExport(library, "clGetPlatformIDs");
        if (getPlatforms(0, null, &platforms) != 0 || platforms == 0)
        {
            reason = "no OpenCL platform is on this machine (Debian: pocl-opencl-icd)";
            return null;
        }

        return new OpenCl(library, source, options);
    }

    public nint Kernel(string name)
    {
        int error;
        fixed (byte* text = KernelSource.Utf8(name))
        {
            nint kernel = _createKernel(_program, text, &error);
            Check(error, $"clCreateKernel({name})");
            return kernel;
        }
    }

    /// <summary>Runs a kernel of one parameter to its end.</summary>
    public int Run(nint kernel, uint groups, uint threads, void* parameter, int bytes)
    {
        nuint local = threads;
        nuint global = groups * local;
        int result = _setKernelArg(kernel, 0, (nuint)bytes, parameter);
        result = result != 0 ? result : _enqueue(_queue, kernel, 1, null, &global, &local, 0, null, null);
        return result != 0 ? result : _finish(_queue);
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"{call} failed with OpenCL error {result}");
        }
    }
}
