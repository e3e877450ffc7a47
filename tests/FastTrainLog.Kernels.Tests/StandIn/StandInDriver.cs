using System.Runtime.InteropServices;
using FastTrainLog.GpuBench;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.Kernels.Tests.StandIn;

/// <summary>The stand-in driver as a test steers it. It is one library with one state: tests that use it run one after another.</summary>
internal sealed unsafe class StandInDriver : IDisposable
{
    private readonly nint _handle;
    private readonly string _path;

    public StandInDriver()
    {
        _path = StandInLibrary.Require();
        _handle = NativeLibrary.Load(_path);
        Bench = BenchDriver.Load(_path);
        Reset();
    }

    public BenchDriver Bench { get; }

    public string Path => _path;

    public long Allocations => ((delegate* unmanaged<long>)Export("standin_allocations"))();

    /// <summary>Gets the calls noted since <see cref="StartLog"/>, each with its arguments.</summary>
    public string[] Log => Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)Export("standin_read_log"))())!
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public int ContextDepth => ((delegate* unmanaged<int>)Export("standin_depth"))();

    public int Retained(int device) => ((delegate* unmanaged<int, int>)Export("standin_retained"))(device);

    public void StartLog() => ((delegate* unmanaged<int, void>)Export("standin_log"))(1);

    /// <summary>Makes a call fail, after so many more that succeed.</summary>
    public void Fail(string call, int error, int after = 0)
    {
        fixed (byte* name = KernelSource.Utf8(call))
        {
            ((delegate* unmanaged<byte*, int, int, void>)Export("standin_fail"))(name, error, after);
        }
    }

    public void Device(int count = 2, int major = 7, int minor = 5, bool mapsHostMemory = true, int version = 12040)
        => ((delegate* unmanaged<int, int, int, int, int, void>)Export("standin_device"))(count, major, minor, mapsHostMemory ? 1 : 0, version);

    /// <summary>Lets blocks and threads run in the opposite order.</summary>
    public void Backwards(bool on) => ((delegate* unmanaged<int, void>)Export("standin_backwards"))(on ? 1 : 0);

    /// <summary>Holds all work back until <see cref="Release"/> or <see cref="Run"/>.</summary>
    public void Hold() => ((delegate* unmanaged<void>)Export("standin_hold"))();

    public void Release() => ((delegate* unmanaged<void>)Export("standin_release"))();

    /// <summary>Runs the oldest pieces of work held.</summary>
    /// <returns>How many are left.</returns>
    public int Run(int count) => ((delegate* unmanaged<int, int>)Export("standin_run"))(count);

    /// <summary>Lets whoever waits for the device wait until this is taken back.</summary>
    public void Hang(bool on) => ((delegate* unmanaged<int, void>)Export("standin_hang"))(on ? 1 : 0);

    public void Capture(bool on) => ((delegate* unmanaged<int, void>)Export("standin_capture"))(on ? 1 : 0);

    public void Replay() => ((delegate* unmanaged<void>)Export("standin_replay"))();

    public void TorchStream(nint stream) => ((delegate* unmanaged<nint, void>)Export("standin_torch_stream"))(stream);

    public int[] StructSizes()
    {
        var sizes = new int[8];
        fixed (int* room = sizes)
        {
            ((delegate* unmanaged<int*, void>)Export("standin_sizes"))(room);
        }

        return sizes;
    }

    /// <summary>Opens a clipper with small blocks and chunks, so that small tensors have many.</summary>
    public CudaClipper Open(
        GradientLimit? limit = null,
        NonFinitePolicy policy = NonFinitePolicy.Skip,
        int ordinal = 0,
        CudaTuning? tuning = null,
        TorchStream? torchStream = null,
        int histogramEvery = 0)
    {
        var device = new CudaDevice(Bench.Driver, ordinal, CudaDevice.EmbeddedPtx());
        try
        {
            var options = new GradientClipperOptions { Limit = limit ?? GradientLimit.None, NonFinite = policy, HistogramEvery = histogramEvery };
            return new CudaClipper(device, options, tuning ?? new CudaTuning(32, 1024, 2, 0), torchStream);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    public void Dispose() => Reset();

    private void Reset()
    {
        Hang(false);
        Capture(false);
        ((delegate* unmanaged<void>)Export("standin_heal"))();
        Release();
        Fail(string.Empty, 0);
        Device();
        Backwards(false);
        TorchStream(0);
        ((delegate* unmanaged<int, void>)Export("standin_log"))(0);
    }

    private nint Export(string name) => NativeLibrary.GetExport(_handle, name);
}
