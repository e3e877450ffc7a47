using FastTrainLog.Benchmarks.Gradients;
using FastTrainLog.Benchmarks.Numbers;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Benchmarks.Reading;

if (ChildRun.TryAnswer(args))
{
    return 0;
}

switch (args)
{
    case ["latency", .. string[] options]:
        return LatencyRunner.Run(options);
    case ["throughput", .. string[] options]:
        return ThroughputRunner.Run(options);
    case ["memory", .. string[] options]:
        return MemoryRunner.Run(options);
    case ["gradients", .. string[] options]:
        return GradientBenchmark.Run(options);
    case ["analyze", .. string[] options]:
        return AnalyzeBenchmark.Run(options);
    case ["numbers"]:
        NumbersBenchmark.Run();
        return 0;
    case ["numbers-proof", .. string[] options]:
        return NumbersProof.Run(options);
    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project bench/FastTrainLog.Benchmarks -- COMMAND
              latency [--quick] [--out FILE.json] [--rounds N]
                                             what a log call costs its caller at several paces, against the peers
              throughput [--quick] [--out FILE.json] [--rounds N]
                                             records a second until the file is closed, against the peers
              memory [--quick] [--out FILE.json] [--rounds N]
                                             processor time and memory of a log that nobody writes to
              gradients [--quick] [--out FILE.json] [--rounds N]
                                             clipping in host memory against plain passes over the same memory
              analyze [--megabytes N]        reading and analysing a log of JSON lines of that size: MB/s and peak memory
              numbers                        ns per number written as text, against the framework
              numbers-proof [--floats all|N] [--doubles N] [--formats shortest,F4,…] [--threads N] [--seed N]
                                             compares the text of numbers with the framework's, byte for byte
            """);
        return 2;
}
