using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>Runs of many steps in which device and host clipper see the same gradients and must decide alike at every step.</summary>
[Collection(StandInCollection.Name)]
public sealed class LimitTests
{
    private const int Steps = 90;
    private const double Tolerance = 1e-9;

    private static readonly int[] Counts = [300, 0, 1, 2500, 17];

    public static TheoryData<KernelDriver, string> Runs { get; } = new MatrixTheoryData<KernelDriver, string>(
        Enum.GetValues<KernelDriver>(),
        [
            "None", "L2", "Infinity", "Value", "AutoClip 10 of 7", "AutoClip 50 of 2", "AutoClip 0 of 30", "AutoClip 100 of 8",
            "AutoClip 90 of 1024", "ZClip", "ZClip with maximum", "AdaGC", "AdaGC of one step",
        ]);

    [Theory]
    [MemberData(nameof(Runs))]
    public void Device_and_host_decide_alike_at_every_step_of_a_run(KernelDriver kernelDriver, string limit)
    {
        BenchDriver driver = kernelDriver.Require();
        foreach (NonFinitePolicy policy in new[] { NonFinitePolicy.Skip, NonFinitePolicy.Sanitize, NonFinitePolicy.Report })
        {
            Run(driver, Limit(limit), policy);
        }
    }

    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void Layers_of_other_names_start_AdaGC_again(KernelDriver kernelDriver)
    {
        BenchDriver driver = kernelDriver.Require();
        using var on = new Pair(driver, GradientLimit.AdaGC(warmupSteps: 2), NonFinitePolicy.Skip, Counts);
        for (int step = 0; step < 20; step++)
        {
            if (step == 9)
            {
                on.Rename("other");
            }

            on.Step(step, 1.0 + (step % 5), poison: false);
        }
    }

    private static GradientLimit Limit(string name) => name switch
    {
        "None" => GradientLimit.None,
        "L2" => GradientLimit.L2Norm(40.0),
        "Infinity" => GradientLimit.InfinityNorm(2.0),
        "Value" => GradientLimit.Value(1.5),
        "AutoClip 10 of 7" => GradientLimit.AutoClip(10.0, 7),
        "AutoClip 50 of 2" => GradientLimit.AutoClip(50.0, 2),
        "AutoClip 0 of 30" => GradientLimit.AutoClip(0.0, 30),
        "AutoClip 100 of 8" => GradientLimit.AutoClip(100.0, 8),
        "AutoClip 90 of 1024" => GradientLimit.AutoClip(90.0, 1024),
        "ZClip" => GradientLimit.ZClip(warmupSteps: 5),
        "ZClip with maximum" => GradientLimit.ZClip(zThreshold: 1.0, smoothing: 0.8, warmupSteps: 3, maximum: 60.0),
        "AdaGC" => GradientLimit.AdaGC(absolute: 30.0, warmupSteps: 6),
        _ => GradientLimit.AdaGC(relative: 2.0, smoothing: 0.5, warmupSteps: 1),
    };

    private static void Run(BenchDriver driver, GradientLimit limit, NonFinitePolicy policy)
    {
        using var on = new Pair(driver, limit, policy, Counts);
        var random = new Random(11);
        for (int step = 0; step < Steps; step++)
        {
            // Quiet steps with equal norms among them, spikes, zeros, and now and then a bad element, in the first step too.
            double scale = step % 13 == 12 ? 0.0 : step % 10 == 9 ? 50.0 : step % 4 == 0 ? 1.0 : 0.5 + random.NextDouble();
            on.Step(step, scale, poison: step % 8 == 0);
        }
    }

    /// <summary>The same gradients twice, once for the device and once for the host.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly StandIn.Gradients _device;
        private readonly StandIn.Gradients _host;
        private readonly CudaClipper _deviceClipper;
        private readonly GradientClipper _hostClipper;
        private readonly Random _random = new(3);

        public Pair(BenchDriver driver, GradientLimit limit, NonFinitePolicy policy, int[] counts)
        {
            var options = new GradientClipperOptions { Limit = limit, NonFinite = policy };
            _device = new StandIn.Gradients(counts);
            _host = new StandIn.Gradients(counts);
            for (int i = 0; i < counts.Length; i++)
            {
                _host.List[i] = _host.List[i] with { Device = GradientDevice.Cpu };
            }

            var device = new CudaDevice(driver.Driver, 0, CudaDevice.EmbeddedPtx());
            _deviceClipper = new CudaClipper(device, options, new CudaTuning(32, 1024, 2, 0), torchStream: null);
            _hostClipper = new GradientClipper(options);
        }

        public void Rename(string prefix)
        {
            for (int i = 0; i < _device.List.Length; i++)
            {
                _device.List[i] = _device.List[i] with { Name = $"{prefix}{i}" };
                _host.List[i] = _host.List[i] with { Name = $"{prefix}{i}" };
            }
        }

        public void Step(int step, double scale, bool poison)
        {
            for (int layer = 0; layer < _device.List.Length; layer++)
            {
                Span<float> values = _device.Span(layer);
                var random = new Random(step % 4 == 0 ? layer : _random.Next());
                foreach (ref float value in values)
                {
                    value = (float)(((random.NextDouble() * 2.0) - 1.0) * scale * (layer + 1));
                }

                if (poison && values.Length > 1)
                {
                    values[^1] = layer % 2 == 0 ? float.NaN : float.NegativeInfinity;
                }

                values.CopyTo(_host.Span(layer));
            }

            Assert.True(_deviceClipper.TryClip(_device.List, step, 0.5), _deviceClipper.Failure);
            Assert.True(_deviceClipper.TryRead(out GradientStatistics device));
            GradientStatistics host = _hostClipper.Clip(_host.List, step, 0.5);
            AssertNear(host.Norm, device.Norm, "norm", step);
            AssertNear(host.Threshold, device.Threshold, "threshold", step);
            AssertNear(host.Coefficient, device.Coefficient, "coefficient", step);
            AssertNear(host.StabilityScore, device.StabilityScore, "stability", step);
            GradientStatistics alike = host with
            {
                Norm = device.Norm,
                Threshold = device.Threshold,
                Coefficient = device.Coefficient,
                StabilityScore = device.StabilityScore,
            };
            Assert.Equal(alike, device);
            for (int layer = 0; layer < _device.List.Length; layer++)
            {
                AssertNear(_hostClipper.Layers[layer].Coefficient, _deviceClipper.Layers[layer].Coefficient, $"coefficient of layer {layer}", step);
                AssertSame(_host.Span(layer), _device.Span(layer), layer, step);
            }
        }

        public void Dispose()
        {
            _deviceClipper.Dispose();
            _hostClipper.Dispose();
            _device.Dispose();
            _host.Dispose();
        }

        private static void AssertNear(double host, double device, string what, int step)
            => Assert.True(
                host.Equals(device) || Math.Abs(host - device) <= Tolerance * Math.Abs(host), $"{what} of step {step}: host {host:R}, device {device:R}");

        // The host multiplies in double and the device in float: the last bit may differ.
        private static void AssertSame(ReadOnlySpan<float> host, ReadOnlySpan<float> device, int layer, int step)
        {
            for (int i = 0; i < host.Length; i++)
            {
                bool same = host[i].Equals(device[i]) || Math.Abs(host[i] - device[i]) <= 1.3e-7f * Math.Abs(host[i]);
                Assert.True(same, $"element {i} of layer {layer} in step {step}: host {host[i]:R}, device {device[i]:R}");
            }
        }
    }
}
