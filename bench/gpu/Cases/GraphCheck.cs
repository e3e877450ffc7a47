using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>Captures a step into a CUDA graph, replays it, and reads the statistics without ever waiting for the device.</summary>
internal static unsafe class GraphCheck
{
    private const int Replays = 5;
    private const int Elements = 10_000;
    private const int CaptureModeRelaxed = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Runs the check.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Run(BenchDriver driver, int ordinal)
    {
        var createStream = (delegate* unmanaged<nint*, uint, int>)driver.Require("cuStreamCreate");
        var beginCapture = (delegate* unmanaged<nint, int, int>)driver.Require("cuStreamBeginCapture_v2");
        var endCapture = (delegate* unmanaged<nint, nint*, int>)driver.Require("cuStreamEndCapture");
        var instantiate = (delegate* unmanaged<nint*, nint, ulong, int>)driver.Require("cuGraphInstantiateWithFlags");
        var launch = (delegate* unmanaged<nint, nint, int>)driver.Require("cuGraphLaunch");

        var values = new byte[Elements * sizeof(float)];
        for (int i = 0; i < Elements; i++)
        {
            Element.Write(values, i, GradientType.Float32, 1.0);
        }

        var device = new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx());
        var options = new GradientClipperOptions { Limit = GradientLimit.L2Norm(1e-3), HistogramEvery = 2 };
        using var clipper = new CudaClipper(device, options, CudaTuning.Default, torchStream: null);
        using CudaDevice.Scope scope = device.Enter();
        using var buffer = new DeviceTensorBuffer(driver, values, GradientType.Float32, Placement.Aligned, 0);
        GradientBuffer[] list = [new("graph", buffer.Address, Elements, GradientType.Float32, GradientDevice.Cuda(ordinal))];

        nint stream, graph, executable;
        driver.Driver.Check(createStream(&stream, 0), "cuStreamCreate");
        bool issued = clipper.TryClip(list, 100, stream: stream);
        driver.Driver.Check(beginCapture(stream, CaptureModeRelaxed), "cuStreamBeginCapture");
        issued &= clipper.TryClip(list, 0, stream: stream);
        driver.Driver.Check(endCapture(stream, &graph), "cuStreamEndCapture");
        driver.Driver.Check(instantiate(&executable, graph, 0), "cuGraphInstantiateWithFlags");
        for (int replay = 0; replay < Replays; replay++)
        {
            driver.Driver.Check(launch(executable, stream), "cuGraphLaunch");
        }

        if (!issued)
        {
            return clipper.Failure;
        }

        long started = Environment.TickCount64;
        for (int step = 0; step <= Replays;)
        {
            if (clipper.Statistics.TryRead(out GradientStatistics statistics))
            {
                // After the first step the norm is the limit: each replay measures what the one before it wrote.
                double norm = step == 0 ? Math.Sqrt(Elements) : 1e-3;
                if (statistics.Step != 100 + step || Math.Abs(statistics.Norm - norm) > 1e-6 * norm)
                {
                    return $"replay {step} gave {statistics}";
                }

                // All elements are alike, so all of them lie in one bin.
                int bin = Math.ILogB(norm / Math.Sqrt(Elements)) - GradientHistogram.LowestExponent + 1;
                if (clipper.Statistics.HasHistograms != (step % 2 == 0)
                    || (clipper.Statistics.HasHistograms && clipper.Statistics.HistogramOf(0)[bin] != Elements))
                {
                    return $"replay {step} has magnitudes {string.Join(' ', clipper.Statistics.HistogramOf(0).ToArray())}";
                }

                step++;
            }
            else if (Environment.TickCount64 - started > Patience.TotalMilliseconds)
            {
                return $"only {step} of {Replays + 1} records arrived in {Patience.TotalSeconds} s without a synchronisation";
            }
            else
            {
                Thread.Yield();
            }
        }

        return null;
    }
}
