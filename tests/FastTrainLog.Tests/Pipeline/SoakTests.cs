using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Sinks;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>A long life of a log, through rotation, compression, retention and snapshots: every record is accounted for, and its memory does not grow.</summary>
/// <remarks>
/// <c>FTL_TEST_RECORDS=100000000 dotnet run -c Release --project tests/FastTrainLog.Tests -- -class "*SoakTests" -showliveoutput</c> logs that many records, and prints what each tenth of them took. CI logs some
/// hundred thousand. Beside no other test, whose memory would count as this one's.
/// </remarks>
[CollectionDefinition(nameof(SoakTests), DisableParallelization = true)]
[Collection(nameof(SoakTests))]
public sealed partial class SoakTests : IDisposable
{
    private const int Threads = 2;
    private const int Parts = 10;
    private const int StepEvery = 10;
    private const long MiB = 1024 * 1024;
    private static readonly long Records = Environment.GetEnvironmentVariable("FTL_TEST_RECORDS") is { } count ? long.Parse(count, CultureInfo.InvariantCulture) : 400_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-soak-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_log_of_very_many_records_accounts_for_each_and_needs_no_more_memory_than_at_its_start()
    {
        var counts = new CountingSink();
        long perThread = Records / Threads / Parts * Parts;
        long steps = perThread / StepEvery;
        var managed = new List<long>();
        var resident = new List<long>();
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.BlockTimeout, o.BufferBytes) = (_directory, false, TimeSpan.FromHours(1), 4 * MiB);
            (o.MaxFileSize, o.MaxTotalBackupSize, o.CompressBackups, o.SnapshotInterval) = (Math.Clamp(Records / 100, MiB, 64 * MiB), Math.Clamp(Records / 20, 4 * MiB, 256 * MiB), true, TimeSpan.FromSeconds(1));
            o.AddSink(counts);
        }))
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", TotalSteps = steps, BatchSize = 1, RunId = "soak" });
            for (int part = 0; part < Parts; part++)
            {
                long start = Stopwatch.GetTimestamp();
                long from = perThread / Parts * part;
                long to = perThread / Parts * (part + 1);
                var latencies = new LatencyCounts();
                Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() => Log(logger, run, thread, from, to, latencies)))];
                Array.ForEach(threads, thread => thread.Start());
                Array.ForEach(threads, thread => thread.Join());
                Assert.True(logging.Flush(Longest));
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                managed.Add(GC.GetTotalMemory(forceFullCollection: true));
                resident.Add(Environment.WorkingSet);
                TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{to * Threads,12:N0} records: {(to - from) * Threads / seconds,10:N0} a second; memory {managed[^1] / (double)MiB:F1} MiB managed, {resident[^1] / (double)MiB:F0} MiB resident; a call {latencies}"));
            }

            // Every call of the threads, and of the run's steps; what else the log wrote it wrote itself.
            Assert.Equal(0, logging.DroppedRecords);
            Assert.Equal([perThread, perThread], counts.Numbers);
            Assert.Equal(steps, counts.Steps);
            Assert.InRange(logging.WrittenRecords, (perThread * Threads) + steps, (perThread * Threads) + steps + 10_000 + (steps / 100));
            Assert.Equal(steps, Assert.Single(logging.Snapshot().Runs).TrainingProgress?.Step);
            run.End(success: true);
        }

        // What a compression or a snapshot has in hand at that moment counts too.
        Assert.InRange(managed[^1], 0, managed[1] + (32 * MiB));
        Assert.InRange(resident[^1], 0, resident[1] + (96 * MiB));
        AssertKept(perThread);
    }

    private static void Log(TrainLogger logger, TrainingRun run, int thread, long from, long to, LatencyCounts latencies)
    {
        for (long i = from; i < to; i++)
        {
            if (thread == 0 && i % StepEvery == StepEvery - 1)
            {
                run.LogStep(1, (i / StepEvery) + 1, 1.0 / (i + 1), 1e-3);
            }

            if (i % 64 == 0)
            {
                long start = Stopwatch.GetTimestamp();
                Counted(logger, thread, i, i * 0.125);
                latencies.Add(Stopwatch.GetTimestamp() - start);
            }
            else
            {
                Counted(logger, thread, i, i * 0.125);
            }
        }
    }

    // What retention left of the file is its end, without a gap.
    private void AssertKept(long perThread)
    {
        string current = Path.Combine(_directory, "main.log");
        string[] files = [.. RotatedFiles.NumbersOf(current).OrderDescending().Select(number => RotatedFiles.NameOf(current, number)).Select(name => File.Exists(name) ? name : name + BackupEncoding.GzipExtension), current];
        long[] next = [-1, -1];
        foreach (string file in files)
        {
            using var reader = new StreamReader(BackupEncoding.Decompress(File.OpenRead(file), file));
            while (reader.ReadLine() is { } line)
            {
                if (line.LastIndexOf("counted ", StringComparison.Ordinal) is >= 0 and var at)
                {
                    long[] values = [.. line[(at + 8)..].Split(' ').Take(2).Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
                    Assert.True(next[values[0]] == -1 || next[values[0]] == values[1], $"{file} has record {values[1]} of thread {values[0]} where {next[values[0]]} was due.");
                    next[values[0]] = values[1] + 1;
                }
            }
        }

        // Of a thread that was ahead of the other nothing need be left.
        Assert.All(next.Where(number => number != -1), number => Assert.Equal(perThread, number));
        Assert.Contains(perThread, next);
        // Those that are kept by default; fewer where retention was faster than compression.
        Assert.InRange(files.Length, 1, 6);
    }

    [TrainLog(1, LogLevel.Information, "counted {Thread} {Number} with {Value}")]
    private static partial void Counted(TrainLogger logger, int thread, long number, double value);

    /// <summary>Sees that the records of each thread come once and in order.</summary>
    private sealed class CountingSink : ILogSink
    {
        public long[] Numbers { get; } = new long[Threads];

        public long Steps { get; private set; }

        public void Write(in LogRecord record)
        {
            if (record.EventId.Name == nameof(Counted) && record.GetArgument(0).TryGetInt64(out long thread) && record.GetArgument(1).TryGetInt64(out long number))
            {
                Numbers[thread] = number == Numbers[thread] ? number + 1 : throw new InvalidOperationException($"Record {number} of thread {thread} came where {Numbers[thread]} was due.");
            }
            else if (record.EventId.Id == TrainingEvents.Step && record.Category == LogCategories.TrainingProgress)
            {
                Steps++;
            }
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Counts times by powers of two, in memory that does not grow.</summary>
    private sealed class LatencyCounts
    {
        private readonly long[] _counts = new long[64];
        private readonly Lock _gate = new();
        private double _longest;

        public void Add(long ticks)
        {
            double nanoseconds = ticks * 1e9 / Stopwatch.Frequency;
            lock (_gate)
            {
                _counts[(int)Math.Log2(Math.Max(1, nanoseconds)) + 1]++;
                _longest = Math.Max(_longest, nanoseconds);
            }
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"half below {Below(0.5):N0} ns, 99.9% below {Below(0.999):N0} ns, longest {_longest / 1e6:F1} ms");

        private double Below(double share)
        {
            long rest = (long)(_counts.Sum() * share);
            int power = 0;
            for (; power < _counts.Length - 1 && rest >= _counts[power]; power++)
            {
                rest -= _counts[power];
            }

            return Math.Pow(2, power);
        }
    }
}
