using System.Runtime.InteropServices;
using FastTrainLog.Gradients;

namespace FastTrainLog.Benchmarks.Gradients;

/// <summary>Gradients of a model in native memory, normally distributed with a deviation of 0.01.</summary>
internal sealed unsafe class GradientMemory : IDisposable
{
    public GradientMemory(int[] lengths)
    {
        // A table of normal numbers is enough for the arithmetic to be typical, and fills half a gigabyte in a moment.
        var random = new Random(17);
        float[] table = [.. Enumerable.Range(0, 8191).Select(_ => (float)(0.01 * Normal(random)))];
        Buffers = new GradientBuffer[lengths.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            var memory = (float*)NativeMemory.AlignedAlloc((nuint)lengths[i] * sizeof(float), 64);
            for (int j = 0; j < lengths[i]; j++)
            {
                memory[j] = table[(j + (i * 977)) % table.Length];
            }

            Buffers[i] = new GradientBuffer($"layer{i}", (nint)memory, lengths[i]);
        }
    }

    public GradientBuffer[] Buffers { get; }

    /// <summary>The L2 norm, summed in float64 with Kahan's compensation.</summary>
    public double ReferenceNorm()
    {
        double sum = 0.0;
        double lost = 0.0;
        foreach (GradientBuffer buffer in Buffers)
        {
            var memory = (float*)buffer.Pointer;
            for (long i = 0; i < buffer.Count; i++)
            {
                double term = ((double)memory[i] * memory[i]) - lost;
                double next = sum + term;
                lost = next - sum - term;
                sum = next;
            }
        }

        return Math.Sqrt(sum);
    }

    public void Dispose()
    {
        foreach (GradientBuffer buffer in Buffers)
        {
            NativeMemory.AlignedFree((void*)buffer.Pointer);
        }
    }

    private static double Normal(Random random)
        => Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble())) * Math.Cos(2.0 * Math.PI * random.NextDouble());
}
