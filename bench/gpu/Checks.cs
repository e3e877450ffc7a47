using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench;

/// <summary>Every case, every limit over a run of steps, and a captured graph.</summary>
internal static class Checks
{
    private const int SmallChunk = 4096;
    private const int LimitSteps = 90;

    /// <summary>Runs all checks and prints what is wrong.</summary>
    /// <returns>How many failed.</returns>
    public static int Run(BenchDriver driver, int ordinal, bool quick)
    {
        int passed = 0, failed = 0;
        void Count(string what, string? wrong)
        {
            if (wrong is null)
            {
                passed++;
                return;
            }

            failed++;
            Console.WriteLine($"FAILED {what}: {wrong}");
        }

        // Small chunks, so that small tensors have many, and the sizes that are used in earnest.
        CudaTuning[] tunings = quick
            ? [new CudaTuning(64, SmallChunk, 2, 0)]
            : [new CudaTuning(64, SmallChunk, 2, 0), CudaTuning.Default];
        foreach (CudaTuning tuning in tunings)
        {
            var runner = new CaseRunner(driver, ordinal, tuning);
            foreach (ClipCase clipCase in ClipCases.All(tuning.ChunkBytes))
            {
                Count($"{clipCase}, {tuning}", runner.Run(clipCase));
            }

            Console.WriteLine(
                $"chunks of {tuning.ChunkBytes} bytes, {tuning.Threads} threads: largest relative error of a norm {runner.WorstNormError:E1}, " +
                $"half types {runner.WorstHalfTypeNormError:E1}");
        }

        foreach ((string name, GradientLimit limit) in LimitRun.Limits)
        {
            foreach (NonFinitePolicy policy in new[] { NonFinitePolicy.Skip, NonFinitePolicy.Sanitize, NonFinitePolicy.Report })
            {
                using var run = new LimitRun(driver, ordinal, tunings[^1], limit, policy);
                Count($"{name}, {policy} against the host", run.Run(LimitSteps));
            }
        }

        Count("captured graph", GraphCheck.Run(driver, ordinal));
        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed;
    }
}
