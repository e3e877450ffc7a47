using System.Runtime.InteropServices;
using System.Text;

namespace FastTrainLog.Monitoring.Resources;

/// <summary>The NVIDIA Management Library, which comes with the driver: utilisation, memory, temperature and power of each GPU.</summary>
/// <remarks>
/// One thread at a time uses it. Invariant: the function pointers are of a library that stays loaded. The signatures are those of the NVML
/// API reference; each returns 0 for success.
/// </remarks>
internal sealed unsafe class Nvml : IDisposable
{
    private const int NameBytes = 96;
    private const int GpuTemperature = 0;

    private readonly delegate* unmanaged<int> _shutdown;
    private readonly delegate* unmanaged<nint, Utilization*, int> _utilization;
    private readonly delegate* unmanaged<nint, Memory*, int> _memory;
    private readonly delegate* unmanaged<nint, int, uint*, int> _temperature;
    private readonly delegate* unmanaged<nint, uint*, int> _power;
    private readonly nint[] _devices;
    private readonly string[] _names;

    private Nvml(nint library, uint count)
    {
        var byIndex = (delegate* unmanaged<uint, nint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetHandleByIndex_v2");
        var name = (delegate* unmanaged<nint, byte*, uint, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetName");
        _shutdown = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "nvmlShutdown");
        _utilization = (delegate* unmanaged<nint, Utilization*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetUtilizationRates");
        _memory = (delegate* unmanaged<nint, Memory*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetMemoryInfo");
        _temperature = (delegate* unmanaged<nint, int, uint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetTemperature");
        _power = (delegate* unmanaged<nint, uint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetPowerUsage");
        _devices = new nint[count];
        _names = new string[count];
        byte* buffer = stackalloc byte[NameBytes];
        for (uint i = 0; i < count; i++)
        {
            nint device;
            // A GPU that this process may not use has no handle; it is not sampled.
            _devices[i] = byIndex(i, &device) == 0 ? device : 0;
            _names[i] = _devices[i] != 0 && name(device, buffer, NameBytes) == 0 ? Marshal.PtrToStringUTF8((nint)buffer)! : $"GPU {i}";
        }
    }

    /// <summary>Gets the number of devices.</summary>
    public int Count => _devices.Length;

    /// <summary>Returns where the driver installs the library.</summary>
    public static string LibraryName => OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1";

    /// <summary>Opens the library; takes up to some hundred milliseconds, in which the driver wakes up.</summary>
    /// <param name="libraryName">The library.</param>
    /// <param name="trouble">What is wrong with a library that is there; null if there is none, as on a machine without an NVIDIA driver.</param>
    /// <returns>The library, or null.</returns>
    public static Nvml? TryOpen(string libraryName, out string? trouble)
    {
        trouble = null;
        if (!NativeLibrary.TryLoad(libraryName, out nint library))
        {
            return null;
        }

        try
        {
            int result = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "nvmlInit_v2"))();
            if (result == 0)
            {
                uint count;
                result = ((delegate* unmanaged<uint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetCount_v2"))(&count);
                if (result == 0)
                {
                    return new Nvml(library, count);
                }
            }

            trouble = $"{libraryName} answers {Describe(library, result)}";
        }
        catch (EntryPointNotFoundException exception)
        {
            trouble = $"{libraryName} is from a driver that is too old: {exception.Message}";
        }

        return null;
    }

    /// <summary>Samples all devices.</summary>
    /// <param name="samples">Takes a sample for each device; <see cref="Count"/> of them.</param>
    /// <returns>The number of devices that answered.</returns>
    public int Read(Span<GpuSample> samples)
    {
        int read = 0;
        for (int i = 0; i < _devices.Length; i++)
        {
            nint device = _devices[i];
            if (device == 0)
            {
                continue;
            }

            Utilization utilization;
            Memory memory;
            uint temperature;
            uint milliwatts;
            bool hasMemory = _memory(device, &memory) == 0;
            samples[read++] = new GpuSample(
                i,
                _names[i],
                _utilization(device, &utilization) == 0 ? utilization.Gpu : null,
                hasMemory ? (long)memory.Used : null,
                hasMemory ? (long)memory.Total : null,
                _temperature(device, GpuTemperature, &temperature) == 0 ? (int)temperature : null,
                _power(device, &milliwatts) == 0 ? milliwatts / 1000.0 : null);
        }

        return read;
    }

    public void Dispose() => _ = _shutdown();

    private static string Describe(nint library, int result)
    {
        var describe = (delegate* unmanaged<int, byte*>)NativeLibrary.GetExport(library, "nvmlErrorString");
        return $"{result} ({Marshal.PtrToStringUTF8((nint)describe(result))})";
    }

    private struct Utilization
    {
        public uint Gpu;
        public uint Memory;
    }

    private struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }
}
