using System.Reflection;
using System.Text;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>One device: its primary context, which libtorch uses as well, and the kernels loaded into it.</summary>
internal sealed unsafe class CudaDevice : IDisposable
{
    private const int ErrorNoDevice = 100;
    private const int ErrorUnsupportedPtxVersion = 222;
    private const int AttributeMultiprocessorCount = 16;
    private const int AttributeCanMapHostMemory = 19;
    private const int AttributeComputeCapabilityMajor = 75;
    private const int AttributeComputeCapabilityMinor = 76;
    private const int LowestComputeCapabilityMajor = 7;
    private const int JitErrorLogBuffer = 5;
    private const int JitErrorLogBufferBytes = 6;
    private const uint HostAllocPortable = 1;
    private const uint HostAllocMapped = 2;
    private const uint EventDisableTiming = 2;

    private readonly int _device;
    private readonly nint _context;
    private readonly nint _module;

    /// <summary>Initializes a new instance of the <see cref="CudaDevice"/> class.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="ordinal">The device's ordinal, from 0.</param>
    /// <param name="ptx">The kernels as PTX, ending in a zero byte.</param>
    /// <exception cref="CudaUnavailableException">The device cannot run the kernels.</exception>
    public CudaDevice(CudaDriver driver, int ordinal, ReadOnlySpan<byte> ptx)
    {
        Driver = driver;
        Ordinal = ordinal;
        _device = Find(driver, ordinal);
        int version = 0;
        driver.Check(driver.DriverGetVersion(&version), "cuDriverGetVersion");
        DriverVersion = $"{version / 1000}.{version % 1000 / 10}";
        Name = NameOf(driver, _device);
        int major = Attribute(AttributeComputeCapabilityMajor);
        int minor = Attribute(AttributeComputeCapabilityMinor);
        if (major < LowestComputeCapabilityMajor)
        {
            throw new CudaUnavailableException(
                $"cuda:{ordinal} ({Name}) has compute capability {major}.{minor}; the kernels need {LowestComputeCapabilityMajor}.0 (Volta) or later");
        }

        if (Attribute(AttributeCanMapHostMemory) == 0)
        {
            throw new CudaUnavailableException($"cuda:{ordinal} ({Name}) cannot map host memory, through which the statistics arrive");
        }

        Multiprocessors = Attribute(AttributeMultiprocessorCount);
        nint context = 0;
        driver.Check(driver.DevicePrimaryCtxRetain(&context, _device), $"cuDevicePrimaryCtxRetain for cuda:{ordinal}");
        _context = context;
        try
        {
            using (Enter())
            {
                _module = LoadModule(ptx);
                MeasureFunction = Function("ftl_measure"u8);
                HistogramFunction = Function("ftl_histogram"u8);
                ApplyFunction = Function("ftl_apply"u8);
            }
        }
        catch
        {
            driver.DevicePrimaryCtxRelease(_device);
            throw;
        }
    }

    public CudaDriver Driver { get; }

    public int Ordinal { get; }

    public string Name { get; }

    /// <summary>Gets the CUDA version that the driver supports, as in <c>12.4</c>.</summary>
    public string DriverVersion { get; }

    public int Multiprocessors { get; }

    public nint MeasureFunction { get; }

    public nint HistogramFunction { get; }

    public nint ApplyFunction { get; }

    /// <summary>Reads the PTX that is embedded in this assembly; it ends in a zero byte.</summary>
    public static byte[] EmbeddedPtx()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("FastTrainLog.gradients.ptx")!;
        var ptx = new byte[stream.Length + 1];
        stream.ReadExactly(ptx, 0, (int)stream.Length);
        return ptx;
    }

    /// <summary>Makes the primary context current on the calling thread until the returned scope is disposed of.</summary>
    public Scope Enter()
    {
        // Called in every step, so the message is created only if it is needed.
        int result = Driver.CtxPushCurrent(_context);
        return result == CudaDriver.Success
            ? new Scope(Driver)
            : throw new CudaUnavailableException($"cuCtxPushCurrent for cuda:{Ordinal} failed with {Driver.Describe(result)}");
    }

    public ulong Allocate(long bytes)
    {
        ulong address = 0;
        Driver.Check(Driver.MemAlloc(&address, (nuint)bytes), $"cuMemAlloc of {bytes} bytes on cuda:{Ordinal}");
        return address;
    }

    /// <summary>Allocates page-locked host memory that is mapped at a second address on the device.</summary>
    public void* AllocatePinned(long bytes, out ulong deviceAddress)
    {
        void* host = null;
        ulong address = 0;
        Driver.Check(
            Driver.MemHostAlloc(&host, (nuint)bytes, HostAllocPortable | HostAllocMapped),
            $"cuMemHostAlloc of {bytes} bytes on cuda:{Ordinal}");
        int result = Driver.MemHostGetDevicePointer(&address, host, 0);
        if (result != CudaDriver.Success)
        {
            Driver.MemFreeHost(host);
            Driver.Check(result, "cuMemHostGetDevicePointer");
        }

        new Span<byte>(host, checked((int)bytes)).Clear();
        deviceAddress = address;
        return host;
    }

    public nint CreateEvent()
    {
        nint @event = 0;
        Driver.Check(Driver.EventCreate(&@event, EventDisableTiming), "cuEventCreate");
        return @event;
    }

    /// <summary>Unloads the kernels and releases the primary context; libtorch's own reference to it stays.</summary>
    public void Dispose()
    {
        // A failure cannot be handled here, and with a lost context every call fails.
        if (Driver.CtxPushCurrent(_context) == CudaDriver.Success)
        {
            Driver.ModuleUnload(_module);
            nint popped = 0;
            Driver.CtxPopCurrent(&popped);
        }

        Driver.DevicePrimaryCtxRelease(_device);
    }

    private static int Find(CudaDriver driver, int ordinal)
    {
        int result = driver.Init(0);
        if (result == ErrorNoDevice)
        {
            throw new CudaUnavailableException("the CUDA driver finds no device. Check nvidia-smi and CUDA_VISIBLE_DEVICES");
        }

        driver.Check(result, "cuInit");
        int count = 0;
        driver.Check(driver.DeviceGetCount(&count), "cuDeviceGetCount");
        if (ordinal >= count)
        {
            throw new CudaUnavailableException(
                $"there is no cuda:{ordinal}: the driver finds {count} device{(count == 1 ? string.Empty : "s")}. Check CUDA_VISIBLE_DEVICES");
        }

        int device = 0;
        driver.Check(driver.DeviceGet(&device, ordinal), "cuDeviceGet");
        return device;
    }

    private static string NameOf(CudaDriver driver, int device)
    {
        const int Length = 256;
        byte* name = stackalloc byte[Length];
        driver.Check(driver.DeviceGetName(name, Length, device), "cuDeviceGetName");
        var bytes = new ReadOnlySpan<byte>(name, Length);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(bytes[..(end < 0 ? Length : end)]);
    }

    private int Attribute(int attribute)
    {
        int value = 0;
        Driver.Check(Driver.DeviceGetAttribute(&value, attribute, _device), $"cuDeviceGetAttribute({attribute})");
        return value;
    }

    private nint LoadModule(ReadOnlySpan<byte> ptx)
    {
        const int LogBytes = 4096;
        byte* log = stackalloc byte[LogBytes];
        log[0] = 0;
        int* options = stackalloc int[2] { JitErrorLogBuffer, JitErrorLogBufferBytes };
        void** values = stackalloc void*[2] { log, (void*)LogBytes };
        nint module = 0;
        int result;
        fixed (byte* image = ptx)
        {
            result = Driver.ModuleLoadDataEx(&module, image, 2, options, values);
        }

        if (result == ErrorUnsupportedPtxVersion)
        {
            throw new CudaUnavailableException(
                $"the CUDA driver is too old for the kernels: it supports CUDA {DriverVersion}. Install a driver for CUDA 9 or later");
        }

        if (result != CudaDriver.Success)
        {
            var text = new ReadOnlySpan<byte>(log, LogBytes);
            int end = text.IndexOf((byte)0);
            throw new CudaUnavailableException(
                $"the kernels could not be compiled for cuda:{Ordinal} ({Name}, driver for CUDA {DriverVersion}): {Driver.Describe(result)}. " +
                Encoding.UTF8.GetString(text[..(end < 0 ? LogBytes : end)]).Trim());
        }

        return module;
    }

    private nint Function(ReadOnlySpan<byte> name)
    {
        nint function = 0;
        fixed (byte* text = name)
        {
            Driver.Check(Driver.ModuleGetFunction(&function, _module, text), $"cuModuleGetFunction({Encoding.UTF8.GetString(name)})");
        }

        return function;
    }

    /// <summary>Copies device memory to the host, and waits for the copy.</summary>
    public void CopyToHost(ulong from, Span<byte> to)
    {
        fixed (byte* target = to)
        {
            Driver.Check(Driver.MemcpyDtoH(target, from, (nuint)to.Length), "cuMemcpyDtoH");
        }
    }

    /// <summary>Restores the context that was current before <see cref="Enter"/>.</summary>
    internal readonly ref struct Scope(CudaDriver driver)
    {
        public void Dispose()
        {
            nint popped = 0;
            driver.CtxPopCurrent(&popped);
        }
    }
}
