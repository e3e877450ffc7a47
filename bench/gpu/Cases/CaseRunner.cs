using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>Runs cases through the clipper on a device, or on whatever a driver stands for, and compares with the plain answer.</summary>
internal sealed class CaseRunner(BenchDriver driver, int ordinal, CudaTuning tuning)
{
    // The half types' squares are summed with less care, see quick_add in measure.h: an element that more than doubles the sum loses up to
    // 2^-24 of itself, and all such elements together are at most 1.5 times the sum. The root halves it.
    private const double HalfTypeTolerance = 4.5e-8;
    private const double NormTolerance = 1e-13;
    private const double MinuteTolerance = 1e-12;
    private const double ExactTolerance = 1e-15;

    private readonly byte[] _ptx = CudaDevice.EmbeddedPtx();

    private double _tolerance;

    /// <summary>Gets the largest relative error of a norm seen so far, float32 and float64.</summary>
    public double WorstNormError { get; private set; }

    /// <summary>Gets the largest relative error of a norm seen so far, float16 and bfloat16.</summary>
    public double WorstHalfTypeNormError { get; private set; }

    /// <summary>Runs a case.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Run(ClipCase clipCase)
    {
        _tolerance = clipCase.Type is GradientType.Float32 or GradientType.Float64 ? NormTolerance : HalfTypeTolerance;
        byte[][] values = clipCase.Values();
        var expected = new Expected(clipCase, values);
        var options = new GradientClipperOptions { Limit = clipCase.Limit, NonFinite = clipCase.Policy, HistogramEvery = clipCase.HistogramEvery };
        var device = new CudaDevice(driver.Driver, ordinal, _ptx);
        using var clipper = new CudaClipper(device, options, tuning, torchStream: null);
        using CudaDevice.Scope scope = device.Enter();
        var buffers = new DeviceTensorBuffer[values.Length];
        try
        {
            for (int t = 0; t < values.Length; t++)
            {
                buffers[t] = new DeviceTensorBuffer(driver, values[t], clipCase.Type, clipCase.Placement, t);
            }

            string? wrong = Step(clipper, clipCase, expected, buffers, step: 41, out GradientStatistics first)
                ?? State(clipper, clipCase, expected);
            if (wrong is not null)
            {
                return wrong;
            }

            // The same gradients once more: the same bits, whatever order the blocks ended in, and nothing left over from the first step.
            foreach (DeviceTensorBuffer buffer in buffers)
            {
                buffer.Restore();
            }

            wrong = Step(clipper, clipCase, expected, buffers, step: 42, out GradientStatistics second);
            return wrong is null && second with { Step = 41, StabilityScore = first.StabilityScore } != first
                ? $"the second run differs: {first} then {second}"
                : wrong;
        }
        finally
        {
            foreach (DeviceTensorBuffer? buffer in buffers)
            {
                buffer?.Dispose();
            }
        }
    }

    // Small elements become subnormals, which have few digits.
    private static bool NearlyEqual(double value, double expected)
        => Near(value, expected, MinuteTolerance) || Math.Abs(value - expected) <= 2.0 * double.Epsilon;

    private static bool Near(double value, double expected, double tolerance)
        => value.Equals(expected) || Math.Abs(value - expected) <= tolerance * Math.Abs(expected);

    private string? Step(
        CudaClipper clipper,
        ClipCase clipCase,
        Expected expected,
        DeviceTensorBuffer[] buffers,
        long step,
        out GradientStatistics statistics)
    {
        statistics = default;
        var list = new GradientBuffer[buffers.Length];
        for (int t = 0; t < buffers.Length; t++)
        {
            list[t] = new GradientBuffer($"layer{t}", buffers[t].Address, buffers[t].Count, buffers[t].Type, GradientDevice.Cuda(ordinal));
        }

        if (!clipper.TryClip(list, step, clipCase.InverseScale, stream: 0) || !clipper.Synchronize())
        {
            return clipper.Failure;
        }

        if (!clipper.Statistics.TryRead(out statistics))
        {
            return "no record";
        }

        return Total(statistics, expected, buffers.Length, step)
            ?? Layers(clipper.Statistics.Layers, expected)
            ?? Histograms(clipper.Statistics, clipCase, expected, buffers, step)
            ?? Elements(clipper.Statistics.Layers, expected, buffers)
            ?? (clipper.Statistics.TryRead(out _) ? "a record too many" : null);
    }

    private string? Total(in GradientStatistics statistics, Expected expected, int layers, long step)
    {
        LayerStatistics total = expected.Total;
        if (statistics.NaNCount != total.NaNCount || statistics.InfinityCount != total.InfinityCount
            || statistics.ZeroCount != total.ZeroCount || statistics.ElementCount != total.ElementCount)
        {
            return $"counts {statistics.NaNCount} NaN, {statistics.InfinityCount} infinite, {statistics.ZeroCount} zero of {statistics.ElementCount}, "
                + $"expected {total.NaNCount}, {total.InfinityCount}, {total.ZeroCount} of {total.ElementCount}";
        }

        if (NormError(statistics.Norm, total.Norm) is string wrong)
        {
            return wrong;
        }

        if (!Near(statistics.AbsoluteMaximum, total.AbsoluteMaximum, ExactTolerance))
        {
            return $"maximum {statistics.AbsoluteMaximum:R}, expected {total.AbsoluteMaximum:R}";
        }

        if (!statistics.Threshold.Equals(expected.Threshold) || !Near(statistics.Coefficient, expected.Coefficient, _tolerance)
            || (expected.Coefficient is 0.0 or 1.0 && statistics.Coefficient != expected.Coefficient))
        {
            return $"threshold {statistics.Threshold:R} coefficient {statistics.Coefficient:R}, expected {expected.Threshold:R} and {expected.Coefficient:R}";
        }

        return statistics.Action == expected.Action && statistics.FirstNonFiniteIndex == expected.FirstNonFinite
            && statistics.Step == step && statistics.LayerCount == layers
            && statistics.ClippingRatio == ((expected.Action & GradientAction.Clipped) != 0 ? 1.0 : 0.0)
            ? null
            : $"{statistics}, expected action {expected.Action}, first bad layer {expected.FirstNonFinite}";
    }

    private string? Layers(ReadOnlySpan<LayerStatistics> layers, Expected expected)
    {
        for (int t = 0; t < layers.Length; t++)
        {
            LayerStatistics layer = layers[t];
            LayerStatistics plain = expected.Layers[t];
            if (layer.NaNCount != plain.NaNCount || layer.InfinityCount != plain.InfinityCount || layer.ZeroCount != plain.ZeroCount
                || layer.ElementCount != plain.ElementCount || layer.Name != $"layer{t}"
                || !Near(layer.AbsoluteMaximum, plain.AbsoluteMaximum, ExactTolerance)
                || !Near(layer.Coefficient, expected.Coefficient, _tolerance))
            {
                return $"{layer}, expected {plain}";
            }

            if (NormError(layer.Norm, plain.Norm) is string wrong)
            {
                return $"layer {t}: {wrong}";
            }
        }

        return null;
    }

    private static string? Histograms(StatisticsReader found, ClipCase clipCase, Expected expected, DeviceTensorBuffer[] buffers, long step)
    {
        if (found.HasHistograms != (step % clipCase.HistogramEvery == 0))
        {
            return $"step {step} has {(found.HasHistograms ? "histograms" : "none")}";
        }

        for (int t = 0; t < buffers.Length && found.HasHistograms; t++)
        {
            long[] plain = expected.Histogram(buffers[t].Values);
            if (!found.HistogramOf(t).SequenceEqual(plain))
            {
                return $"layer {t} has magnitudes {string.Join(' ', found.HistogramOf(t).ToArray())}, expected {string.Join(' ', plain)}";
            }
        }

        return null;
    }

    private string? NormError(double norm, double expected)
    {
        double error = norm.Equals(expected) ? 0.0 : Math.Abs(norm - expected) / expected;
        if (_tolerance == NormTolerance)
        {
            WorstNormError = Math.Max(WorstNormError, error);
        }
        else
        {
            WorstHalfTypeNormError = Math.Max(WorstHalfTypeNormError, error);
        }

        return error <= _tolerance ? null : $"norm {norm:R}, expected {expected:R}, relative error {error:E2}";
    }

    private string? Elements(ReadOnlySpan<LayerStatistics> layers, Expected expected, DeviceTensorBuffer[] buffers)
    {
        for (int t = 0; t < buffers.Length; t++)
        {
            DeviceTensorBuffer buffer = buffers[t];
            ReadOnlySpan<byte> now = buffer.Download(out bool intact);
            if (!intact)
            {
                return $"layer {t}: bytes outside the tensor were written";
            }

            var want = new byte[Element.SizeOf(buffer.Type)];
            for (int i = 0; i < buffer.Count; i++)
            {
                double before = Element.Read(buffer.Values, i, buffer.Type);
                double after = Element.Read(now, i, buffer.Type);
                Element.Write(want, 0, buffer.Type, expected.Element(before, layers[t].Coefficient));
                double right = Element.Read(want, 0, buffer.Type);
                if (!after.Equals(right) && !(expected.IsMinute(layers[t].Coefficient) && NearlyEqual(after, right)))
                {
                    return $"layer {t} element {i} was {before:R} and became {after:R}, expected {right:R}";
                }
            }
        }

        return null;
    }

    private string? State(CudaClipper clipper, ClipCase clipCase, Expected expected)
    {
        var bytes = new byte[Unsafe.SizeOf<KernelState>()];
        driver.Download(clipper.FoundInfAddress, bytes);
        KernelState state = MemoryMarshal.Read<KernelState>(bytes);
        if (state.FoundInf != (expected.NonFinite ? 1.0f : 0.0f))
        {
            return $"found_inf is {state.FoundInf}";
        }

        bool writes = (expected.Action & GradientAction.Reported) == 0
            && (expected.Action != GradientAction.None || expected.Coefficient * clipCase.InverseScale != 1.0);
        return (state.Work != 0) == writes ? null : $"the second kernel is told that there is {(writes ? "nothing" : "something")} to do";
    }
}
