using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Sinks;

namespace FastTrainLog.Benchmarks.Storage;

/// <summary>What a rotation costs beside some number of rotated files, where these move up and where they keep their names, and what a start looks at beside them.</summary>
internal static class RotationBenchmark
{
    private const int Usage = 2;
    private const int Rotations = 21;
    private const int MostFiles = 50_000;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments is not ([] or ["--quick"]))
        {
            Console.Error.WriteLine("rotation takes --quick; the files are in the directory for temporary files.");
            return Usage;
        }

        Console.WriteLine(MachineReport.Describe());
        Console.WriteLine();
        Console.WriteLine("| rotated files | they move up | they keep their names | a start beside these |");
        Console.WriteLine("|--:|--:|--:|--:|");
        foreach (int files in arguments.IsEmpty ? new[] { 5, 100, 1000, 5000, MostFiles } : [5, 100, 1000])
        {
            (TimeSpan kept, TimeSpan start) = Measure(files, number => RotatedFiles.HighestNumber - files + number, RotatedFiles.Unlimited);
            string moved = files == MostFiles ? "" : string.Create(CultureInfo.InvariantCulture, $"{Measure(files, number => number, RotatedFiles.Unlimited - 1).Rotation.TotalMilliseconds:F2} ms");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {files} | {moved} | {kept.TotalMilliseconds:F2} ms | {start.TotalMilliseconds:F2} ms |"));
        }

        return 0;
    }

    private static (TimeSpan Rotation, TimeSpan Start) Measure(int files, Func<int, int> numberOf, int count)
    {
        string directory = Directory.CreateTempSubdirectory("ftl-rotation-").FullName;
        try
        {
            string path = Path.Combine(directory, "run.jsonl");
            for (int number = 1; number <= files; number++)
            {
                File.Create(RotatedFiles.NameOf(path, numberOf(number))).Dispose();
            }

            var rotated = new RotatedFiles(path, count);
            long begun = Stopwatch.GetTimestamp();
            rotated.CleanUp();
            TimeSpan cleaned = Stopwatch.GetElapsedTime(begun);
            var times = new TimeSpan[Rotations];
            for (int i = 0; i < times.Length; i++)
            {
                File.WriteAllText(path, "line\n");
                long start = Stopwatch.GetTimestamp();
                rotated.Add();
                times[i] = Stopwatch.GetElapsedTime(start);
            }

            Array.Sort(times);
            return (times[Rotations / 2], cleaned);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
