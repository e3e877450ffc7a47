using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>Finding a driver and a device, and what is said when there is none that serves.</summary>
[Collection(StandInCollection.Name)]
public sealed class DriverTests
{
    [Fact]
    public void Missing_driver_is_named_with_what_to_do()
    {
        var missing = Assert.Throws<CudaUnavailableException>(() => CudaDriver.Load("libno-such-driver.so.1"));
        Assert.Equal(
            "no CUDA driver: libno-such-driver.so.1 cannot be loaded. Install the NVIDIA driver, or keep the gradients on the CPU",
            missing.Message);
    }

    [Fact]
    public void Clipper_on_a_machine_without_a_driver_names_the_gradient_and_the_remedy()
    {
        Assert.SkipWhen(NativeLibrary.TryLoad(CudaDriver.DefaultLibrary, out _), "this machine has a CUDA driver");
        using var gradients = new StandIn.Gradients(5);
        using var clipper = new GradientClipper();
        string message = Assert.Throws<NotSupportedException>(() => clipper.Clip(gradients.List, 1)).Message;
        Assert.Contains("'layer0' lies on cuda:0", message, StringComparison.Ordinal);
        Assert.Contains($"no CUDA driver: {CudaDriver.DefaultLibrary} cannot be loaded", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Driver_that_lacks_a_function_is_called_too_old_and_the_function_named()
    {
        using var standIn = new StandInDriver();
        var old = Assert.Throws<CudaUnavailableException>(
            () => CudaDriver.Bind(name => name == "cuMemHostAlloc" ? 0 : standIn.Bench.Find(name), "libcuda.so.1"));
        Assert.Equal(
            "the CUDA driver is too old: libcuda.so.1 has no cuMemHostAlloc. Install a driver for CUDA 9 or later", old.Message);
    }

    [Theory]
    [InlineData("cuStreamIsCapturing")]
    [InlineData("cuGetErrorName")]
    [InlineData("cuGetErrorString")]
    public void Driver_without_a_function_of_later_versions_still_serves(string lacking)
    {
        using var standIn = new StandInDriver();
        var driver = CudaDriver.Bind(name => name == lacking ? 0 : standIn.Bench.Find(name), "libcuda.so.1");
        using var gradients = new StandIn.Gradients(5);
        using var clipper = new CudaClipper(
            new CudaDevice(driver, 0, CudaDevice.EmbeddedPtx()), new GradientClipperOptions(), CudaTuning.Default, torchStream: null);
        Assert.True(clipper.TryClip(gradients.List, 1));
        Assert.True(clipper.Statistics.TryRead(out _));
        standIn.Fail("cuLaunchKernel", 700);
        Assert.False(clipper.TryClip(gradients.List, 2));
        Assert.Contains("(700)", clipper.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Driver_without_a_device_says_where_to_look()
    {
        using var standIn = new StandInDriver();
        standIn.Device(count: 0);
        Assert.Equal("the CUDA driver finds no device. Check nvidia-smi and CUDA_VISIBLE_DEVICES", OpenFailure(standIn));
    }

    [Fact]
    public void Ordinal_beyond_the_devices_is_refused_with_their_number()
    {
        using var standIn = new StandInDriver();
        Assert.Equal("there is no cuda:2: the driver finds 2 devices. Check CUDA_VISIBLE_DEVICES", OpenFailure(standIn, ordinal: 2));
        standIn.Device(count: 1);
        Assert.Equal("there is no cuda:1: the driver finds 1 device. Check CUDA_VISIBLE_DEVICES", OpenFailure(standIn, ordinal: 1));
    }

    [Fact]
    public void Device_older_than_Volta_is_refused_with_its_name_and_capability()
    {
        using var standIn = new StandInDriver();
        standIn.Device(major: 6, minor: 1);
        Assert.Equal(
            "cuda:0 (Stand-in 0) has compute capability 6.1; the kernels need 7.0 (Volta) or later", OpenFailure(standIn));
    }

    [Fact]
    public void Device_that_cannot_map_host_memory_is_refused()
    {
        using var standIn = new StandInDriver();
        standIn.Device(mapsHostMemory: false);
        Assert.Equal(
            "cuda:0 (Stand-in 0) cannot map host memory, through which the statistics arrive", OpenFailure(standIn));
    }

    [Fact]
    public void Driver_too_old_for_the_kernels_language_is_named_with_its_version()
    {
        using var standIn = new StandInDriver();
        standIn.Device(version: 8000);
        standIn.Fail("cuModuleLoadDataEx", 222);
        Assert.Equal(
            "the CUDA driver is too old for the kernels: it supports CUDA 8.0. Install a driver for CUDA 9 or later", OpenFailure(standIn));
    }

    [Fact]
    public void Kernels_that_do_not_compile_bring_the_compilers_own_words()
    {
        using var standIn = new StandInDriver();
        standIn.Fail("cuModuleLoadDataEx", 218);
        Assert.Equal(
            "the kernels could not be compiled for cuda:0 (Stand-in 0, driver for CUDA 12.4): CUDA_ERROR_STANDIN (218): stand-in. " +
            "ptxas error: stand-in",
            OpenFailure(standIn));
    }

    [Theory]
    [InlineData("cuInit")]
    [InlineData("cuDriverGetVersion")]
    [InlineData("cuDeviceGetCount")]
    [InlineData("cuDeviceGet")]
    [InlineData("cuDeviceGetName")]
    [InlineData("cuDeviceGetAttribute")]
    [InlineData("cuDevicePrimaryCtxRetain")]
    [InlineData("cuCtxPushCurrent_v2")]
    [InlineData("cuModuleGetFunction")]
    [InlineData("cuMemAlloc_v2")]
    [InlineData("cuEventCreate")]
    public void Failed_call_while_opening_is_reported_and_nothing_is_kept(string call)
    {
        using var standIn = new StandInDriver();
        standIn.Fail(call, 2);
        Assert.Contains("failed with CUDA_ERROR_STANDIN (2): stand-in", OpenFailure(standIn), StringComparison.Ordinal);
        Assert.Equal(0, standIn.Retained(0));
        Assert.Equal(0, standIn.Allocations);
        Assert.Equal(0, standIn.ContextDepth);
    }

    [Fact]
    public void Structs_have_the_same_size_on_both_sides()
    {
        using var standIn = new StandInDriver();
        int[] twins =
        [
            Unsafe.SizeOf<DeviceTensor>(), Unsafe.SizeOf<KernelSums>(), Unsafe.SizeOf<KernelVerdict>(), Unsafe.SizeOf<KernelState>(),
            Unsafe.SizeOf<StepRecord>(), Unsafe.SizeOf<TensorRecord>(), StatisticsRing.HeadBytes, Unsafe.SizeOf<KernelLaunch>(),
        ];
        Assert.Equal(standIn.StructSizes(), twins);
    }

    [Fact]
    public void Stream_of_torch_is_unknown_where_its_library_or_export_is_missing()
    {
        Assert.Null(TorchStream.TryBind("libno-such-torch.so"));
        Assert.Null(TorchStream.TryBind("libc.so.6"));
    }

    private static string OpenFailure(StandInDriver standIn, int ordinal = 0)
        => Assert.Throws<CudaUnavailableException>(() => standIn.Open(ordinal: ordinal)).Message;
}
