using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Allocation.Tests;

/// <summary>Once a clipper knows its list of gradients, a step allocates nothing, on the caller's thread or on a helper's.</summary>
public sealed unsafe class GradientAllocationTests
{
    private const int WarmUp = 60;
    private const int Steps = 100;

    public static TheoryData<string, GradientLimit, NonFinitePolicy> Cases => new()
    {
        { "none", GradientLimit.None, NonFinitePolicy.Skip },
        { "L2", GradientLimit.L2Norm(1e-3), NonFinitePolicy.Skip },
        { "infinity", GradientLimit.InfinityNorm(1e-6), NonFinitePolicy.Report },
        { "value", GradientLimit.Value(1e-6), NonFinitePolicy.Sanitize },
        { "AutoClip", GradientLimit.AutoClip(), NonFinitePolicy.Sanitize },
        { "ZClip", GradientLimit.ZClip(), NonFinitePolicy.Sanitize },
        { "AdaGC", GradientLimit.AdaGC(warmupSteps: 10), NonFinitePolicy.Sanitize },
    };

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void A_step_allocates_nothing_in_the_process(string name, GradientLimit limit, NonFinitePolicy policy)
    {
        Assert.NotEmpty(name);

        // Large enough for two threads; pointers alternate, as they do where gradients are dropped between steps.
        GradientBuffer[] even = Allocate(1_000_000);
        GradientBuffer[] odd = Allocate(1_000_000);
        using var clipper = new GradientClipper(new() { Limit = limit, NonFinite = policy, Threads = 2, HistogramEvery = 20 });
        Run(clipper, even, odd, WarmUp);
        Settle();

        long before = GC.GetTotalAllocatedBytes(precise: true);
        Run(clipper, even, odd, Steps);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Free(even);
        Free(odd);
        Assert.Equal(0, allocated);
    }

    // Tiered compilation runs in the background and allocates; it is done when a while has passed in which nothing was compiled.
    private static void Settle()
    {
        long methods;
        do
        {
            methods = System.Runtime.JitInfo.GetCompiledMethodCount();
            Thread.Sleep(300);
        }
        while (System.Runtime.JitInfo.GetCompiledMethodCount() != methods);
    }

    private static void Run(GradientClipper clipper, GradientBuffer[] even, GradientBuffer[] odd, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            GradientBuffer[] gradients = step % 2 == 0 ? even : odd;
            var values = (float*)gradients[step % 3].Pointer;
            values[0] = step % 10 == 0 ? float.NaN : 1f;
            values[1] = 1f;
            clipper.Clip(gradients, step);
        }
    }

    private static GradientBuffer[] Allocate(int elements)
    {
        GradientType[] types = [GradientType.Float32, GradientType.Float32, GradientType.Float32, GradientType.BFloat16, GradientType.Float64];
        return
        [
            .. types.Select((type, i) => new GradientBuffer($"layer{i}", (nint)NativeMemory.AllocZeroed((nuint)(elements / 5), 8), elements / 5, type)),
        ];
    }

    private static void Free(GradientBuffer[] buffers)
    {
        foreach (GradientBuffer buffer in buffers)
        {
            NativeMemory.Free((void*)buffer.Pointer);
        }
    }
}
