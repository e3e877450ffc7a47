using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastTrainLog.Gradients;

namespace FastTrainLog.Benchmarks.Gradients;

/// <summary>The plain passes that clipping is held against: a sum that reads each element once, and a scale that writes it.</summary>
internal sealed unsafe class PlainPasses(GradientBuffer[] buffers, int threads)
{
    private readonly SumPass _narrow = new(buffers, &Sum256);
    private readonly SumPass _wide = new(buffers, &Sum512);
    private readonly ScalePass _scale = new(buffers);

    /// <summary>Sums all elements with vectors of 256 bits.</summary>
    public double SumNarrow() => Sum(_narrow);

    /// <summary>Sums all elements with vectors of 512 bits.</summary>
    public double SumWide() => Sum(_wide);

    /// <summary>Multiplies all elements by a factor.</summary>
    public void Scale(float factor)
    {
        _scale.Factor = factor;
        ChunkCrew.Shared.Run(_scale, _scale.Parts.Length, threads);
    }

    private double Sum(SumPass pass)
    {
        ChunkCrew.Shared.Run(pass, pass.Parts.Length, threads);
        return pass.Sums.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum256(float* first, int count)
    {
        Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = 0;
        for (; i <= count - 32; i += 32)
        {
            sum0 += Vector256.Load(first + i);
            sum1 += Vector256.Load(first + i + 8);
            sum2 += Vector256.Load(first + i + 16);
            sum3 += Vector256.Load(first + i + 24);
        }

        double sum = Vector256.Sum((sum0 + sum1) + (sum2 + sum3));
        for (; i < count; i++)
        {
            sum += first[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum512(float* first, int count)
    {
        Vector512<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = 0;
        for (; i <= count - 64; i += 64)
        {
            sum0 += Vector512.Load(first + i);
            sum1 += Vector512.Load(first + i + 16);
            sum2 += Vector512.Load(first + i + 32);
            sum3 += Vector512.Load(first + i + 48);
        }

        double sum = Vector512.Sum((sum0 + sum1) + (sum2 + sum3));
        for (; i < count; i++)
        {
            sum += first[i];
        }

        return sum;
    }

    // Quarter-megabyte parts, so that two threads end close together, as in the clipper.
    private static (nint First, int Count)[] Cut(GradientBuffer[] buffers)
    {
        const int PartElements = 1 << 16;
        var parts = new List<(nint, int)>();
        foreach (GradientBuffer buffer in buffers)
        {
            for (long start = 0; start < buffer.Count; start += PartElements)
            {
                parts.Add((buffer.Pointer + (nint)(start * sizeof(float)), (int)Math.Min(PartElements, buffer.Count - start)));
            }
        }

        return [.. parts];
    }

    private sealed class SumPass(GradientBuffer[] buffers, delegate*<float*, int, double> sum) : IChunkWork
    {
        public (nint First, int Count)[] Parts { get; } = Cut(buffers);

        public double[] Sums { get; } = new double[Cut(buffers).Length];

        public void Do(int chunk) => Sums[chunk] = sum((float*)Parts[chunk].First, Parts[chunk].Count);
    }

    private sealed class ScalePass(GradientBuffer[] buffers) : IChunkWork
    {
        public (nint First, int Count)[] Parts { get; } = Cut(buffers);

        public float Factor { get; set; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Do(int chunk)
        {
            (nint first, int count) = Parts[chunk];
            float* at = (float*)first;
            Vector256<float> factor = Vector256.Create(Factor);
            int i = 0;
            for (; i <= count - 32; i += 32)
            {
                (Vector256.Load(at + i) * factor).Store(at + i);
                (Vector256.Load(at + i + 8) * factor).Store(at + i + 8);
                (Vector256.Load(at + i + 16) * factor).Store(at + i + 16);
                (Vector256.Load(at + i + 24) * factor).Store(at + i + 24);
            }

            for (; i < count; i++)
            {
                at[i] *= Factor;
            }
        }
    }
}
