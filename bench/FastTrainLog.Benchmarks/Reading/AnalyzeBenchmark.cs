using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Analysis;
using FastTrainLog.Benchmarks.Pipeline;

namespace FastTrainLog.Benchmarks.Reading;

/// <summary>Analyses a log of a given size: how fast, and in how much memory.</summary>
internal static class AnalyzeBenchmark
{
    private const int Usage = 2;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        int megabytes = 256;
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (arguments[i] != "--megabytes" || i + 1 == arguments.Length
                || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out megabytes) || megabytes is < 1 or > 100_000)
            {
                Console.Error.WriteLine("analyze takes --megabytes N, 1 to 100000; the log is written to the directory for temporary files.");
                return Usage;
            }
        }

        Console.WriteLine(MachineReport.Describe());
        string directory = Directory.CreateTempSubdirectory("ftl-analyze-").FullName;
        try
        {
            long records = SyntheticLog.Write(directory, megabytes * 1_000_000L);
            long bytes = new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);
            for (int round = 1; round <= 3; round++)
            {
                using Process process = Process.GetCurrentProcess();
                TimeSpan before = process.TotalProcessorTime;
                long start = Stopwatch.GetTimestamp();
                LogAnalysis analysis = LogAnalysis.Read(directory);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                process.Refresh();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round}: {bytes / 1e6:F0} MB, {records} records in {seconds:F2} s: {bytes / 1e6 / seconds:F0} MB/s, {records / seconds / 1000:F0} thousand records/s, processor {(process.TotalProcessorTime - before).TotalSeconds:F2} s, peak memory {process.PeakWorkingSet64 / 1048576.0:F0} MiB, found {analysis.Anomalies.Count} anomalies, {analysis.Errors.Count} errors"));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return 0;
    }
}
