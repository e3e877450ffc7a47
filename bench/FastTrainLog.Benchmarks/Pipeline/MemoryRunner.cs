using System.Diagnostics;
using System.Globalization;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Measures what a log costs that nobody writes to: processor time and memory of an idle process, with and without one.</summary>
internal static class MemoryRunner
{
    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 3);
        Console.WriteLine(MachineReport.Describe());
        var rows = new List<IdleRow>();
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (string mode in new[] { "nothing", "FastTrainLog" })
            {
                rows.Add(ChildRun.Start<IdleRow>("idle", mode, options.Quick ? "4" : "10"));
            }
        }

        Console.WriteLine($"{"process with",-20} {"CPU, % of a core",17} {"resident MiB",13}");
        foreach (IdleRow row in rows)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Mode,-20} {row.ProcessorPercent,17:F3} {row.ResidentMegabytes,13:F1}"));
        }

        options.Save(rows);
        return 0;
    }

    public static IdleRow MeasureIdle(string mode, int seconds)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-bench-").FullName;
        TrainLogging? logging = null;
        if (mode != "nothing")
        {
            // What is still to be compiled, at its first calls and once more after thirty, is not idleness: a log that is idle in quick
            // motion has it compiled.
            using (TrainLogging hasty = Create(directory, TimeSpan.FromMilliseconds(2)))
            {
                for (int cycle = 0; cycle < 200; cycle++)
                {
                    OwnMessages.Step(hasty.GetLogger(LogCategories.Main), cycle, cycle, 1, 1, 1, 1, 1);
                    hasty.Flush();
                    Thread.Sleep(10);
                }
            }

            logging = Create(directory, new TrainLogOptions().FlushInterval);
            OwnMessages.Step(logging.GetLogger(LogCategories.Main), 1, 1, 1, 1, 1, 1, 1);
        }

        Thread.Sleep(3000);
        using var process = Process.GetCurrentProcess();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        process.Refresh();
        double percent = (Environment.CpuUsage.TotalTime - before).TotalSeconds / seconds * 100;
        double resident = process.WorkingSet64 / 1048576.0;
        logging?.Dispose();
        Directory.Delete(directory, recursive: true);
        return new IdleRow(mode, percent, resident);
    }

    private static TrainLogging Create(string directory, TimeSpan flushInterval) => TrainLogging.Create(o =>
    {
        (o.LogDirectory, o.EnableConsoleLogging, o.FlushInterval) = (directory, false, flushInterval);
        // Sampling of the machine's resources is work of its own; what is measured is a log that has nothing to write.
        o.ResourceInterval = TimeSpan.Zero;
    });
}
