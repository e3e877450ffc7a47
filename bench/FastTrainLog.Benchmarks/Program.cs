using FastTrainLog.Benchmarks.Comparing;
using FastTrainLog.Benchmarks.Dashboard;
using FastTrainLog.Benchmarks.Formatting;
using FastTrainLog.Benchmarks.Generators;
using FastTrainLog.Benchmarks.Gradients;
using FastTrainLog.Benchmarks.Micro;
using FastTrainLog.Benchmarks.Monitoring;
using FastTrainLog.Benchmarks.Numbers;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Benchmarks.Reading;
using FastTrainLog.Benchmarks.Report;
using FastTrainLog.Benchmarks.Shipping;
using FastTrainLog.Benchmarks.Storage;
using FastTrainLog.Benchmarks.Training;

const string Usage = """
    usage: dotnet run -c Release --project bench/FastTrainLog.Benchmarks -- COMMAND
      latency [--quick] [--out FILE.json] [--rounds N] [--logger NAME] [--format text|json] [--pace 2us|100us|1ms|burst|cold] [--mel]
                                     what a log call costs its caller at several paces, against the peers; with --mel all of
                                     them behind a composite ILogger of Microsoft.Extensions.Logging
      throughput [--quick] [--out FILE.json] [--rounds N] [--logger NAME] [--format text|json]
                                     records a second until the file is closed, against the peers; and how many times ZLogger's, round by round
      memory [--quick] [--out FILE.json] [--rounds N]
                                     processor time and memory of a log that nobody writes to
      compare OLD NEW [--rounds N] BENCHMARK [ITS OPTIONS]
                                     runs a benchmark of two builds of this program (FastTrainLog.Benchmarks.dll) in turn, and tells
                                     which figures differ by more than chance explains
      report --in FILE.json [--in FILE.json …] --out PAGE.md [--machine TEXT]
                                     what latency and throughput wrote, as tables and a plot beside them
      bdn [OPTIONS OF BENCHMARKDOTNET]
                                     single calls, fields of calls and numbers by BenchmarkDotNet
      gradients [--quick] [--out FILE.json] [--rounds N]
                                     clipping in host memory against plain passes over the same memory
      generator [--quick] [--out FILE.json] [--rounds N]
                                     the source generator on 10, 1,000 and 5,000 methods, cold and after an edit
      build [--quick] [--out FILE.json] [--rounds N]
                                     a whole build of 2,000 [TrainLog] methods over ILogger against one of [LoggerMessage]: seconds,
                                     and bytes of code, of the assembly and of native code for each method
      step [--quick] [--out FILE.json] [--rounds N]
                                     a step of a training loop with a log, and with what stands on it, against the same loop without
      monitor [--steps N]            what records cost the memory that snapshots are taken of, and its size after N steps
      analyze [--megabytes N]        reading and analysing a log of JSON lines of that size: MB/s and peak memory
      reading [--quick] [--steps N] [--out FILE.json]
                                     a log read cold and through its index: MB/s, milliseconds and peak memory of analyze, of 1,000
                                     buckets, of tail and export with filters, of a list of 1,000 runs; DuckDB, jq and sqlite3
                                     over the same lines
      compression [--quick] [--out FILE]
                                     bytes on the disk and processor time of a step with ten values, by compression and level
      dashboard [--quick] [--steps N] [--out FILE.json]
                                     the dashboard over logs of 10^5 to 10^7 steps and over 50 runs: time, bytes and memory of
                                     the first reading, a run that is opened (also in Chromium), zooms, a live step; what it costs a
                                     training loop; scrolling over 1,000 metrics of 50 runs; with --steps one log of N steps
      rotation [--quick]             what a rotation costs beside up to 5,000 rotated files
      ship [--quick] [--out FILE.json] [--rounds N]
                                     shipping a log to a sink on loopback: records a second, and for one of processor time; peak memory
                                     with a backlog of 10 GB; a step of a training loop with shipping in its process
      lines                          ns per record turned into a line of text or JSON
      scrub                          ns per record searched for keys, tokens and addresses, beside its line of JSON
      numbers                        ns per number written as text, against the framework
      numbers-proof [--floats all|N] [--doubles N] [--formats shortest,F4,…] [--threads N] [--seed N]
                                     compares the text of numbers with the framework's, byte for byte
    --quick takes under a minute and shows less of the tails; --logger takes those whose name holds NAME, or one of several with commas.
    """;

if (ChildRun.TryAnswer(args))
{
    return 0;
}

try
{
    switch (args)
    {
        case ["latency", .. string[] options]:
            return LatencyRunner.Run(options);
        case ["throughput", .. string[] options]:
            return ThroughputRunner.Run(options);
        case ["memory", .. string[] options]:
            return MemoryRunner.Run(options);
        case ["compare", .. string[] options]:
            return CompareRunner.Run(options);
        case ["report", .. string[] options]:
            return ReportRunner.Run(options);
        case ["bdn", .. string[] options]:
            return MicroBenchmarks.Run(options);
        case ["gradients", .. string[] options]:
            return GradientBenchmark.Run(options);
        case ["generator", .. string[] options]:
            return GeneratorBenchmark.Run(options);
        case ["build", .. string[] options]:
            return BuildBenchmark.Run(options);
        case ["step", .. string[] options]:
            return StepBenchmark.Run(options);
        case ["monitor", .. string[] options]:
            return RunMemoryBenchmark.Run(options);
        case ["analyze", .. string[] options]:
            return AnalyzeBenchmark.Run(options);
        case ["reading", .. string[] options]:
            return ReadingBenchmark.Run(options);
        case ["compression", .. string[] options]:
            return CompressionBenchmark.Run(options);
        case ["dashboard", .. string[] options]:
            return DashboardBenchmark.Run(options);
        case ["rotation", .. string[] options]:
            return RotationBenchmark.Run(options);
        case ["ship", .. string[] options]:
            return ShipBenchmark.Run(options);
        case ["lines"]:
            LinesBenchmark.Run();
            return 0;
        case ["scrub"]:
            ScrubBenchmark.Run();
            return 0;
        case ["numbers"]:
            NumbersBenchmark.Run();
            return 0;
        case ["numbers-proof", .. string[] options]:
            return NumbersProof.Run(options);
        case ["--help" or "-h" or "help"]:
            Console.WriteLine(Usage);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception exception) when (exception is ArgumentException or InvalidDataException or IOException)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
