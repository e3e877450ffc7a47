using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace FastTrainLog.Benchmarks.Micro;

/// <summary>Runs the BenchmarkDotNet classes: <c>-- bdn</c>, with BenchmarkDotNet's own options behind it.</summary>
internal static class MicroBenchmarks
{
    public static int Run(string[] arguments)
    {
        // In this process: a project that BenchmarkDotNet generates would lack what this repository's build files set.
        IConfig config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
        string[] given = arguments.Length == 0 ? ["--filter", "*"] : arguments;
        return BenchmarkSwitcher.FromTypes([typeof(LogCallBenchmarks), typeof(LogFieldBenchmarks), typeof(NumberBenchmarks)]).Run(given, config).Any() ? 0 : 2;
    }
}
