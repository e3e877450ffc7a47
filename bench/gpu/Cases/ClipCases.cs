using FastTrainLog.Gradients;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>The cases that every change to the kernels must pass, on PoCL, on the stand-in driver and on a GPU.</summary>
internal static class ClipCases
{
    private static readonly GradientType[] Types =
        [GradientType.Float32, GradientType.Float64, GradientType.Float16, GradientType.BFloat16];

    private static readonly NonFinitePolicy[] Policies = [NonFinitePolicy.Skip, NonFinitePolicy.Sanitize, NonFinitePolicy.Report];

    /// <summary>Makes the cases: every type, policy and scenario; shapes, placements, limits and loss scales in turn.</summary>
    /// <param name="chunkBytes">The chunk's bytes, around which the shapes lie.</param>
    public static IEnumerable<ClipCase> All(int chunkBytes)
    {
        int turn = 0;
        foreach (GradientType type in Types)
        {
            Shape[] shapes = Shape.All(chunkBytes, Element.SizeOf(type));
            foreach (Scenario scenario in Enum.GetValues<Scenario>())
            {
                foreach (NonFinitePolicy policy in Policies)
                {
                    // Two shapes, the first ones most often, so that every pair meets somewhere without all of them being run.
                    yield return Make(type, scenario, shapes[turn % 2], policy, turn);
                    yield return Make(type, scenario, shapes[2 + (turn % 4)], policy, turn + 1);
                    turn++;
                }
            }

            // The largest elements of the type, brought beyond it by their loss scale unless a limit holds them.
            foreach (NonFinitePolicy policy in Policies)
            {
                foreach (GradientLimit limit in new[] { GradientLimit.None, GradientLimit.Value(1.0), GradientLimit.InfinityNorm(1.0) })
                {
                    yield return new ClipCase(type, Scenario.Mixed, shapes[2], Placement.Shifted, limit, policy, InverseScale: 4.0, HistogramEvery: 1);
                }
            }

            // One element of the last of many tensors alone.
            foreach (NonFinitePolicy policy in Policies)
            {
                yield return new ClipCase(
                    type, Scenario.LonelyLast, shapes[4], Placement.Aligned, GradientLimit.None, policy, Element.Maximum(type), HistogramEvery: 1);
            }

            // The largest element exactly at the limit by value, and brought above it by its loss scale alone.
            foreach (double maximum in new[] { ClipCase.Lonely * 8.0, ClipCase.Lonely * 7.0 })
            {
                yield return new ClipCase(
                    type, Scenario.LonelyLast, shapes[2], Placement.Aligned, GradientLimit.Value(maximum), NonFinitePolicy.Skip, InverseScale: 8.0, HistogramEvery: 1);
            }
        }
    }

    private static ClipCase Make(GradientType type, Scenario scenario, Shape shape, NonFinitePolicy policy, int turn)
    {
        GradientLimit limit = (turn % 5) switch
        {
            0 => GradientLimit.L2Norm(0.5),
            1 => GradientLimit.None,
            2 => GradientLimit.InfinityNorm(0.05),
            3 => GradientLimit.Value(0.03),
            _ => GradientLimit.L2Norm(1e300),
        };
        double inverseScale = (turn % 3) switch
        {
            0 => 1.0 / 1024.0,
            _ => 1.0,
        };

        // The runner's steps are 41 and 42: histograms of both, or of the second alone.
        int histogramEvery = turn / 2 % 2 == 0 ? 1 : 42;
        return new ClipCase(type, scenario, shape, (Placement)(turn / 2 % 3), limit, policy, inverseScale, histogramEvery);
    }
}
