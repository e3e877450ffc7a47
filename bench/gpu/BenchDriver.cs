using System.Runtime.InteropServices;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench;

/// <summary>The clipper's driver and the calls beyond it that only a check needs: copies back from the device.</summary>
internal sealed unsafe class BenchDriver
{
    private readonly delegate* unmanaged<void*, ulong, nuint, int> _copyToHost;

    public BenchDriver(CudaDriver driver, Func<string, nint> find)
    {
        Driver = driver;
        Find = find;
        _copyToHost = (delegate* unmanaged<void*, ulong, nuint, int>)Require("cuMemcpyDtoH_v2");
    }

    public CudaDriver Driver { get; }

    /// <summary>Gets the look-up of any function of the driver by its name; it returns 0 for an unknown one.</summary>
    public Func<string, nint> Find { get; }

    /// <summary>Loads the driver's library.</summary>
    /// <exception cref="CudaUnavailableException">There is none.</exception>
    public static BenchDriver Load(string library)
    {
        var driver = CudaDriver.Load(library);
        nint handle = NativeLibrary.Load(library);
        return new BenchDriver(driver, name => NativeLibrary.TryGetExport(handle, name, out nint address) ? address : 0);
    }

    public nint Require(string name) => Find(name) is var address && address != 0
        ? address
        : throw new CudaUnavailableException($"the CUDA driver has no {name}");

    /// <summary>Gets the bytes of the device's memory that nobody has taken.</summary>
    public long FreeMemory
    {
        get
        {
            nuint free, total;
            var getInfo = (delegate* unmanaged<nuint*, nuint*, int>)Require("cuMemGetInfo_v2");
            Driver.Check(getInfo(&free, &total), "cuMemGetInfo");
            return (long)free;
        }
    }

    /// <summary>Copies to the device in the order of the legacy default stream.</summary>
    public void Upload(ulong address, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            fixed (byte* source = bytes)
            {
                Driver.Check(Driver.MemcpyHtoDAsync(address, source, (nuint)bytes.Length, 0), "cuMemcpyHtoDAsync");
                Driver.Check(Driver.CtxSynchronize(), "cuCtxSynchronize");
            }
        }
    }

    /// <summary>Copies from the device, after everything that was issued has run.</summary>
    public void Download(ulong address, Span<byte> bytes)
    {
        Driver.Check(Driver.CtxSynchronize(), "cuCtxSynchronize");
        if (!bytes.IsEmpty)
        {
            fixed (byte* target = bytes)
            {
                Driver.Check(_copyToHost(target, address, (nuint)bytes.Length), "cuMemcpyDtoH");
            }
        }
    }
}
