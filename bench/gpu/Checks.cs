using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench;

/// <summary>Every case, every limit and the histograms over a run of steps, and a captured graph.</summary>
internal static class Checks
{
    private const int SmallChunk = 4096;
    private const int FewThreadsChunk = 256;
    private const int LimitSteps = 90;

    /// <summary>Runs all checks and prints what is wrong.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="ordinal">The device's ordinal.</param>
    /// <param name="quick">Whether small chunks alone will do.</param>
    /// <param name="failFast">Whether the first failure ends the run.</param>
    /// <returns>How many failed.</returns>
    public static int Run(BenchDriver driver, int ordinal, bool quick, bool failFast)
    {
        int passed = 0, failed = 0;
        bool Goes(string what, Func<string?> check)
        {
            if (check() is not string wrong)
            {
                passed++;
                return true;
            }

            failed++;
            Console.WriteLine($"FAILED {what}: {wrong}");
            return !failFast;
        }

        // Small chunks, so that small tensors have many, and the sizes that are used in earnest.
        CudaTuning[] tunings = quick
            ? [new CudaTuning(64, SmallChunk, 2, 0)]
            : [new CudaTuning(64, SmallChunk, 2, 0), CudaTuning.Default];

        // First what tells most in least time, for a run that ends with the first failure.
        if (!Goes("histograms against the host", () => HistogramRun.Run(driver, ordinal))
            || !Goes("captured graph", () => GraphCheck.Run(driver, ordinal)))
        {
            return failed;
        }

        foreach ((string name, GradientLimit limit) in LimitRun.Limits)
        {
            foreach (NonFinitePolicy policy in new[] { NonFinitePolicy.Skip, NonFinitePolicy.Sanitize, NonFinitePolicy.Report })
            {
                using var run = new LimitRun(driver, ordinal, tunings[^1], limit, policy);
                if (!Goes($"{name}, {policy} against the host", () => run.Run(LimitSteps)))
                {
                    return failed;
                }
            }
        }

        foreach (CudaTuning tuning in tunings)
        {
            var runner = new CaseRunner(driver, ordinal, tuning);
            foreach (ClipCase clipCase in ClipCases.All(tuning.ChunkBytes))
            {
                if (!Goes($"{clipCase}, {tuning}", () => runner.Run(clipCase)))
                {
                    return failed;
                }
            }

            Console.WriteLine(
                $"chunks of {tuning.ChunkBytes} bytes, {tuning.Threads} threads: largest relative error of a norm {runner.WorstNormError:E1}, " +
                $"half types {runner.WorstHalfTypeNormError:E1}");
        }

        // With four threads a tensor of any size keeps all of them busy, head and tail included, and so do a few tensors and a few norms.
        var fewThreads = new CudaTuning(4, FewThreadsChunk, 2, 0);
        foreach (string name in new[] { "AdaGC", "AutoClip 90 of 1024" })
        {
            using var run = new LimitRun(driver, ordinal, fewThreads, LimitRun.Limits[name], NonFinitePolicy.Sanitize);
            if (!Goes($"{name}, four threads", () => run.Run(LimitSteps)))
            {
                return failed;
            }
        }

        var few = new CaseRunner(driver, ordinal, fewThreads);
        foreach (ClipCase clipCase in ClipCases.All(FewThreadsChunk).Where(IsForFewThreads))
        {
            if (!Goes($"{clipCase}, four threads", () => few.Run(clipCase)))
            {
                return failed;
            }
        }

        foreach (GradientType type in new[] { GradientType.Float16, GradientType.BFloat16 })
        {
            if (!Goes($"every {type}", () => ConversionCheck.Run(driver, ordinal, type)))
            {
                return failed;
            }
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed;
    }

    private static bool IsForFewThreads(ClipCase clipCase)
        => clipCase.Scenario is Scenario.Ordinary or Scenario.Both or Scenario.Flooded or Scenario.LonelyLast;
}
