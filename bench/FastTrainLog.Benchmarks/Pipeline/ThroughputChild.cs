using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Times one logger from the first call until its file is closed.</summary>
internal static class ThroughputChild
{
    // More than any of the loggers writes.
    private const long MostBytesPerLine = 512;

    public static ThroughputRow Measure(string logger, string format, int threads, long records)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-bench-").FullName;
        try
        {
            Contestant warmUp = Contestants.Create(logger, format, Path.Combine(directory, "warm-up"));
            Compilation.AwaitEnd(() => Produce(warmUp, 1, 10_000), mostRounds: 15);
            warmUp.Close();

            string own = Path.Combine(directory, "timed");
            Directory.CreateDirectory(own);
            TouchMemory(directory, records * MostBytesPerLine);
            Contestant contestant = Contestants.Create(logger, format, own);
            using var process = Process.GetCurrentProcess();
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            TimeSpan processor = process.TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            Produce(contestant, threads, records);
            contestant.Close();
            double seconds = watch.Elapsed.TotalSeconds;
            process.Refresh();
            double cpu = (process.TotalProcessorTime - processor).TotalMicroseconds;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            return new ThroughputRow(
                logger,
                format,
                threads,
                Math.Round(records / seconds),
                Math.Round(cpu / records, 3),
                Math.Round(PeakResidentBytes(process) / 1048576.0, 1),
                Math.Round(allocated / (double)records, 3),
                records - contestant.CountWritten(own));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>
    /// Has the system hold as much memory for files as the timed part will fill. A virtual machine hands free memory back to its host, and
    /// the first write to each page of it then waits for the host, for longer than a logger takes for the line.
    /// </summary>
    private static void TouchMemory(string directory, long bytes)
    {
        string path = Path.Combine(directory, "memory");
        using (SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            byte[] block = new byte[1 << 20];
            for (long at = 0; at < bytes; at += block.Length)
            {
                RandomAccess.Write(file, block, at);
            }
        }

        File.Delete(path);
    }

    private static void Produce(Contestant contestant, int threads, long records)
    {
        long each = records / threads;
        Thread[] producers = [.. Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            long count = t == 0 ? records - (each * (threads - 1)) : each;
            for (long i = 0; i < count; i++)
            {
                contestant.Log((int)(i / 1000), i, 2.345678 / (i + 1), 0.9123 + (i * 1e-9), 1e-3 / (1 + (i * 1e-6)), i * 0.25f, 12345.678 + i);
            }
        }))];
        Array.ForEach(producers, p => p.Start());
        Array.ForEach(producers, p => p.Join());
    }

    // Process.PeakWorkingSet64 is the kernel's VmHWM on Linux.
    private static long PeakResidentBytes(Process process) => process.PeakWorkingSet64;
}
