using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>A run of many steps in which device and host clipper see the same gradients and must decide alike at every step.</summary>
internal sealed class LimitRun : IDisposable
{
    private const double InverseScale = 0.5;
    private const double Tolerance = 1e-9;

    // The last one is in the list for the first half of the run only.
    private static readonly int[] Counts = [300, 0, 1, 2500, 17, 40];

    private readonly float[][] _host = [.. Counts.Select(count => GC.AllocateArray<float>(count, pinned: true))];
    private readonly DeviceTensorBuffer[] _device;
    private GradientBuffer[] _hostList = new GradientBuffer[Counts.Length];
    private GradientBuffer[] _deviceList = new GradientBuffer[Counts.Length];
    private readonly CudaClipper _deviceClipper;
    private readonly GradientClipper _hostClipper;
    private readonly CudaDevice _opened;
    private readonly Random _random = new(3);

    public LimitRun(BenchDriver driver, int ordinal, CudaTuning tuning, GradientLimit limit, NonFinitePolicy policy)
    {
        var options = new GradientClipperOptions { Limit = limit, NonFinite = policy };
        _opened = new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx());
        _deviceClipper = new CudaClipper(_opened, options, tuning, torchStream: null);
        _hostClipper = new GradientClipper(options);
        using CudaDevice.Scope scope = _opened.Enter();
        _device = [.. Counts.Select((count, i) => new DeviceTensorBuffer(driver, new byte[count * 4], GradientType.Float32, Placement.Shifted, i))];
        for (int i = 0; i < Counts.Length; i++)
        {
            _hostList[i] = GradientBuffer.FromPinnedArray(string.Empty, _host[i]);
            _deviceList[i] = new GradientBuffer(string.Empty, _device[i].Address, Counts[i], GradientType.Float32, GradientDevice.Cuda(ordinal));
        }

        Name("layer");
    }

    /// <summary>Gets the limits that runs are made with, by name.</summary>
    public static IReadOnlyDictionary<string, GradientLimit> Limits { get; } = new Dictionary<string, GradientLimit>
    {
        ["None"] = GradientLimit.None,
        ["L2"] = GradientLimit.L2Norm(40.0),
        ["Infinity"] = GradientLimit.InfinityNorm(2.0),
        ["Value"] = GradientLimit.Value(1.5),
        ["AutoClip 10 of 7"] = GradientLimit.AutoClip(10.0, 7),
        ["AutoClip 50 of 2"] = GradientLimit.AutoClip(50.0, 2),
        ["AutoClip 0 of 30"] = GradientLimit.AutoClip(0.0, 30),
        ["AutoClip 100 of 8"] = GradientLimit.AutoClip(100.0, 8),
        ["AutoClip 90 of 1024"] = GradientLimit.AutoClip(90.0, 1024),
        ["ZClip"] = GradientLimit.ZClip(warmupSteps: 5),
        ["ZClip with maximum"] = GradientLimit.ZClip(zThreshold: 1.0, smoothing: 0.8, warmupSteps: 3, maximum: 60.0),
        ["AdaGC"] = GradientLimit.AdaGC(absolute: 30.0, warmupSteps: 6),
        ["AdaGC of one step"] = GradientLimit.AdaGC(relative: 2.0, smoothing: 0.5, warmupSteps: 1),
    };

    /// <summary>Goes through a run of quiet steps with equal norms among them, spikes, zeros, and now and then a bad element.</summary>
    /// <returns>The first difference, or null.</returns>
    public string? Run(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            // The first step under other names is one of zeros too: AdaGC's shortest warm-up ends with no layer having had a gradient.
            double scale = step % 13 == 12 || step == steps / 2 ? 0.0 : step % 10 == 9 ? 50.0 : step % 4 == 0 ? 1.0 : 0.5 + _random.NextDouble();

            // Other names half-way, and one fewer: a limit by layer must forget, the others must not.
            if (step == steps / 2)
            {
                (_hostList, _deviceList) = (_hostList[..^1], _deviceList[..^1]);
                Name("other");
            }

            // What is left of the one that goes is such that it could not be taken in unnoticed.
            double scaleOfLast = step == (steps / 2) - 1 ? 1000.0 : scale;
            if (Step(step, scale, scaleOfLast, poison: step % 8 == 0) is string difference)
            {
                return $"step {step}: {difference}";
            }
        }

        return null;
    }

    public void Dispose()
    {
        using (_opened.Enter())
        {
            foreach (DeviceTensorBuffer buffer in _device)
            {
                buffer.Dispose();
            }
        }

        _deviceClipper.Dispose();
        _hostClipper.Dispose();
    }

    private static bool Near(double host, double device) => host.Equals(device) || Math.Abs(host - device) <= Tolerance * Math.Abs(host);

    private void Name(string prefix)
    {
        for (int i = 0; i < _hostList.Length; i++)
        {
            _hostList[i] = _hostList[i] with { Name = $"{prefix}{i}" };
            _deviceList[i] = _deviceList[i] with { Name = $"{prefix}{i}" };
        }
    }

    private string? Step(int step, double scale, double scaleOfLast, bool poison)
    {
        using CudaDevice.Scope scope = _opened.Enter();
        for (int layer = 0; layer < _hostList.Length; layer++)
        {
            float[] values = _host[layer];
            var random = new Random(step % 4 == 0 ? layer : _random.Next());
            foreach (ref float value in values.AsSpan())
            {
                value = (float)(((random.NextDouble() * 2.0) - 1.0) * (layer < Counts.Length - 1 ? scale : scaleOfLast) * (layer + 1));
            }

            if (poison && values.Length > 1)
            {
                values[^1] = layer % 2 == 0 ? float.NaN : float.NegativeInfinity;
            }

            _device[layer].Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }

        if (!_deviceClipper.TryClip(_deviceList, step, InverseScale, stream: 0) || !_deviceClipper.Synchronize())
        {
            return _deviceClipper.Failure;
        }

        return _deviceClipper.Statistics.TryRead(out GradientStatistics device)
            ? Differs(_hostClipper.Clip(_hostList, step, InverseScale), device) ?? CountDiffers() ?? LayerDiffers()
            : "no record";
    }

    private static string? Differs(in GradientStatistics host, in GradientStatistics device)
    {
        bool near = Near(host.Norm, device.Norm) && Near(host.Threshold, device.Threshold) && Near(host.Coefficient, device.Coefficient)
            && Near(host.StabilityScore, device.StabilityScore);
        GradientStatistics alike = host with
        {
            Norm = device.Norm,
            Threshold = device.Threshold,
            Coefficient = device.Coefficient,
            StabilityScore = device.StabilityScore,
        };
        return near && alike == device ? null : $"host {host}, device {device}";
    }

    private string? CountDiffers()
        => (_hostClipper.NonFiniteSteps, _hostClipper.ClippedSteps) == (_deviceClipper.NonFiniteSteps, _deviceClipper.ClippedSteps)
            ? null
            : $"host counts {_hostClipper.NonFiniteSteps} non-finite and {_hostClipper.ClippedSteps} clipped steps, " +
                $"device {_deviceClipper.NonFiniteSteps} and {_deviceClipper.ClippedSteps}";

    private string? LayerDiffers()
    {
        for (int layer = 0; layer < _hostList.Length; layer++)
        {
            double host = _hostClipper.Layers[layer].Coefficient;
            double device = _deviceClipper.Statistics.Layers[layer].Coefficient;
            if (!Near(host, device))
            {
                return $"coefficient of layer {layer}: host {host:R}, device {device:R}";
            }

            ReadOnlySpan<float> elements = MemoryMarshal.Cast<byte, float>(_device[layer].Download(out bool intact));
            for (int i = 0; i < elements.Length; i++)
            {
                // The host multiplies in double and the device in float: the last bit may differ.
                float expected = _host[layer][i];
                if (!(elements[i].Equals(expected) || Math.Abs(elements[i] - expected) <= 1.3e-7f * Math.Abs(expected)) || !intact)
                {
                    return $"element {i} of layer {layer}: host {expected:R}, device {elements[i]:R}";
                }
            }
        }

        return null;
    }
}
