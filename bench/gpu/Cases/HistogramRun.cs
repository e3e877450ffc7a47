using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>A run in which device and host clipper see the same gradients and must count the same magnitudes in the same steps.</summary>
internal static class HistogramRun
{
    private const int Every = 3;
    private const int Steps = 24;
    private const int Slots = 2;
    private const float InverseScale = 0.375f;

    // The list grows half-way: the rings and the counts on the device with it.
    private static readonly int[] First = [300, 0, 1];
    private static readonly int[] Second = [2500, 17, 0, 3, 1024, 0, 7];

    /// <summary>Runs the check.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Run(BenchDriver driver, int ordinal)
    {
        var options = new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0), NonFinite = NonFinitePolicy.Sanitize, HistogramEvery = Every };
        var device = new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx());
        using var clipper = new CudaClipper(device, options, new CudaTuning(32, 1024, 2, Slots), torchStream: null);
        using var host = new GradientClipper(options);
        using CudaDevice.Scope scope = device.Enter();
        var random = new Random(11);
        for (int step = 1; step <= Steps; step++)
        {
            if (Step(driver, ordinal, clipper, host, step <= Steps / 2 ? First : Second, step, random) is string wrong)
            {
                return $"step {step}: {wrong}";
            }
        }

        return clipper.Statistics.LostHistograms == 0 ? null : $"{clipper.Statistics.LostHistograms} histograms lost";
    }

    private static string? Step(
        BenchDriver driver, int ordinal, CudaClipper clipper, GradientClipper host, int[] counts, int step, Random random)
    {
        var values = new float[counts.Length][];
        var buffers = new DeviceTensorBuffer[counts.Length];
        var onHost = new GradientBuffer[counts.Length];
        var onDevice = new GradientBuffer[counts.Length];
        try
        {
            for (int t = 0; t < counts.Length; t++)
            {
                values[t] = GC.AllocateArray<float>(counts[t], pinned: true);
                foreach (ref float value in values[t].AsSpan())
                {
                    value = random.Next(20) == 0 ? float.NaN : (float)((random.NextDouble() - 0.5) * Math.ScaleB(1.0, random.Next(-60, 30)));
                }

                buffers[t] = new DeviceTensorBuffer(driver, MemoryMarshal.AsBytes(values[t].AsSpan()).ToArray(), GradientType.Float32, Placement.Shifted, t);
                onHost[t] = GradientBuffer.FromPinnedArray($"layer{t}", values[t]);
                onDevice[t] = new GradientBuffer($"layer{t}", buffers[t].Address, counts[t], GradientType.Float32, GradientDevice.Cuda(ordinal));
            }

            host.Clip(onHost, step, InverseScale);
            if (!clipper.TryClip(onDevice, step, InverseScale, stream: 0) || !clipper.Synchronize())
            {
                return clipper.Failure;
            }

            return !clipper.Statistics.TryRead(out _) ? "no record" : Differs(clipper.Statistics, host, counts.Length);
        }
        finally
        {
            foreach (DeviceTensorBuffer? buffer in buffers)
            {
                buffer?.Dispose();
            }
        }
    }

    private static string? Differs(StatisticsReader device, GradientClipper host, int layers)
    {
        for (int t = 0; t < layers; t++)
        {
            if (!host.HistogramOf(t).SequenceEqual(device.HistogramOf(t)))
            {
                return $"layer {t}: host {string.Join(' ', host.HistogramOf(t).ToArray())}, device {string.Join(' ', device.HistogramOf(t).ToArray())}";
            }
        }

        return null;
    }
}
