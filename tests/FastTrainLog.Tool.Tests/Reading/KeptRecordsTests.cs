using System.Text;
using FastTrainLog.Analysis;
using FastTrainLog.Encryption;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>What of a run stays on the disk.</summary>
public sealed class KeptRecordsTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void With_default_options_every_step_of_a_long_run_stays_the_first_one_included()
    {
        const int Steps = 300_000;
        using (TrainLogging logging = Create(_ => { }))
        using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = Steps, BatchSize = 32 }))
        {
            LogSteps(logging, run, Steps);
            run.End(success: true);
        }

        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (long)step), ReadSteps());
        Assert.Equal(Steps, _log.Analyze().Progress.Steps);
        Assert.Equal(5, Directory.GetFiles(_log.Path).Count(file => Path.GetFileName(file).StartsWith("training_progress.log.", StringComparison.Ordinal)));
        Assert.InRange(LogFile.Find(_log.Path).Count, 12, 100);
    }

    [Fact]
    public void A_count_that_is_set_holds_for_the_record_of_the_run_too()
    {
        using (TrainLogging logging = Create(options => (options.MaxFileSize, options.BackupCount) = (20_000, 5)))
        using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M" }))
        {
            LogSteps(logging, run, 1000);
        }

        Assert.Equal(5, LogFile.Find(_log.Path).Count(file => file.Backup > 0));
        Assert.DoesNotContain(1, ReadSteps());
    }

    [Fact]
    public void Beyond_the_limit_the_steps_go_and_what_says_how_the_run_went_stays()
    {
        const int Steps = 20_000;
        const int Limit = 200_000;
        using (TrainLogging logging = Create(options => (options.MaxFileSize, options.MaxTotalBackupSize, options.EnableFileLogging) = (100_000, Limit, true)))
        using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = Steps, BatchSize = 32 }))
        {
            for (int step = 1; step <= Steps; step++)
            {
                run.LogStep(1, step, 1.0 / step, 1e-3);
                if (step % 1000 == 0)
                {
                    run.LogValidation(1, step, 0.5);
                    run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.NaN, IssueSeverity.Low, "loss") { Step = step });
                    Assert.True(logging.Flush(Long));
                }
            }

            run.End(success: true);
            // The last rotations of a busy machine may not have been looked after yet.
            Assert.True(Eventually.Is(() => logging.Flush() && Backups() <= Limit, Long));
        }

        List<StoredEvent> records = Read();
        Assert.Single(records, record => record.Event == TrainingEvents.RunStarted);
        Assert.Single(records, record => record.Event == TrainingEvents.RunCompleted);
        Assert.Equal(20, records.Count(record => record.Event is TrainingEvents.Validation or TrainingEvents.BestValidation));
        Assert.Equal(20, records.Count(record => record.Event == TrainingEvents.NumericalIssue));
        Assert.Contains(records, record => record.Event == BackupMessages.RecordsLeftOut);
        long[] steps = [.. ReadSteps()];
        Assert.Equal(Steps, steps[^1]);
        Assert.NotEqual(1, steps[0]);
        Assert.Equal(steps.Order().Distinct(), steps);
        string system = File.ReadAllText(_log.PathOf("system.log"));
        Assert.Contains("of the 195.3 KiB that TrainLogOptions.MaxTotalBackupSize allows", system, StringComparison.Ordinal);
        Assert.Contains("oldest ones of run.jsonl only what outlives the steps is left", system, StringComparison.Ordinal);
        Assert.True(system.IndexOf("allows", StringComparison.Ordinal) < system.IndexOf("outlives", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_moment_a_kill_stops_a_reduction_at_each_record_that_lasts_is_read_once(bool encrypt)
    {
        BackupKey? key = encrypt ? BackupKey.TryParse(TestKey.Text) : null;
        string[] expected = ["WARNING 0", "WARNING 1", "WARNING 2", "INFO 3", "WARNING 3"];
        for (int number = 0; number < 4; number++)
        {
            _log.With(number == 3 ? "run.jsonl" : $"run.jsonl.{3 - number}", Line("INFO", number), Line("WARNING", number));
        }

        var files = new RotatedFiles(_log.PathOf("run.jsonl"), RotatedFiles.Unlimited);
        AssertIndexed();
        Reduce(files, 3, key);
        byte[] first = File.ReadAllBytes(_log.PathOf("run.jsonl.3.gz"));
        byte[] second = File.ReadAllBytes(_log.PathOf("run.jsonl.2"));
        Reduce(files, 2, key);
        AssertIndexed();
        Assert.Equal(encrypt, EncryptedFile.IsOne(first));
        byte[] joined = File.ReadAllBytes(_log.PathOf("run.jsonl.2.gz"));
        Assert.False(File.Exists(_log.PathOf("run.jsonl.3.gz")));

        // The temporary file is half there; it has got its name; the plain file is gone; the file that went into it is gone.
        AssertKilled([("run.jsonl.3.gz", first), ("run.jsonl.2", second), ("run.jsonl.gz.tmp", joined[..^9])], ["WARNING 0", "INFO 1", "WARNING 1", "INFO 2", .. expected[2..]]);
        AssertKilled([("run.jsonl.3.gz", first), ("run.jsonl.2", second), ("run.jsonl.2.gz", joined)], ["WARNING 0", "INFO 1", "WARNING 1", "INFO 2", .. expected[2..]], ["WARNING 0", "WARNING 1", "INFO 2", .. expected[2..]]);
        AssertKilled([("run.jsonl.3.gz", first), ("run.jsonl.2.gz", joined)], ["WARNING 0", "WARNING 1", "INFO 2", .. expected[2..]]);

        // And on from there.
        Reduce(files, 1, key);
        Assert.Equal(expected, Messages());
        AssertIndexed();
        Assert.Null(files.Reduce(Found(1), key, () => false));
    }

    [Fact]
    public void What_was_encrypted_stays_so_where_the_log_that_reduces_it_does_not_ask_for_it()
    {
        BackupKey key = BackupKey.TryParse(TestKey.Text)!;
        _log.With("run.jsonl.2", Line("INFO", 0), Line("WARNING", 0)).With("run.jsonl.1", Line("INFO", 1), Line("WARNING", 1)).With("run.jsonl", Line("INFO", 2));
        var files = new RotatedFiles(_log.PathOf("run.jsonl"), RotatedFiles.Unlimited);
        Reduce(files, 2, key);
        Reduce(files, 1);
        Assert.True(EncryptedFile.IsOne(File.ReadAllBytes(_log.PathOf("run.jsonl.1.gz"))));
        Assert.Equal(["WARNING 0", "WARNING 1", "INFO 2"], Messages());
    }

    [Fact]
    public void A_reduction_follows_its_file_through_rotations_and_leaves_alone_what_a_recovery_may_cut_back()
    {
        _log.With("run.jsonl.2", Line("WARNING", 0)).With("run.jsonl.1", Line("INFO", 1), Line("WARNING", 1)).With("run.jsonl", Line("INFO", 2));
        var files = new RotatedFiles(_log.PathOf("run.jsonl"), RotatedFiles.Unlimited);
        Reduce(files, 2);
        int looks = 0;
        Assert.NotNull(files.Reduce(Found(1), key: null, () =>
        {
            if (looks++ == 0)
            {
                files.Add();
                _log.With("run.jsonl", Line("INFO", 3));
            }

            return false;
        }));
        Assert.Equal(["WARNING 0", "WARNING 1", "INFO 2", "INFO 3"], Messages());
        Assert.Null(files.Reduce(Found(1), key: null, () => false));
        files.Settle();
        Assert.NotNull(files.Reduce(Found(1), key: null, () => false));
        Assert.Equal(["WARNING 0", "WARNING 1", "INFO 3"], Messages());
    }

    [Fact]
    public void Files_that_moved_up_and_files_that_keep_their_names_are_one_log_wherever_a_kill_stops_the_change()
    {
        // Those of an earlier version.
        string[] messages = ["INFO 0", "INFO 1", "INFO 2", "INFO 3"];
        void Make() => _log.With("run.jsonl.3", Line("INFO", 0)).With("run.jsonl.2", Line("INFO", 1)).With("run.jsonl.1", Line("INFO", 2)).With("run.jsonl", Line("INFO", 3));
        Make();
        AssertIndexed();
        for (int moved = 0; moved <= 3; moved++)
        {
            foreach (string file in Directory.GetFiles(_log.Path, "run.jsonl*"))
            {
                File.Delete(file);
            }

            Make();
            for (int number = 3; number > 3 - moved; number--)
            {
                File.Move(_log.PathOf($"run.jsonl.{number}"), _log.PathOf($"run.jsonl.{RotatedFiles.HighestNumber - 3 + number}"));
            }

            Assert.Equal(messages, Messages());
            var files = new RotatedFiles(_log.PathOf("run.jsonl"), RotatedFiles.Unlimited);
            files.CleanUp();
            files.Add();
            _log.With("run.jsonl", Line("INFO", 4));

            Assert.Equal(Enumerable.Range(0, 4).Select(back => RotatedFiles.HighestNumber - 3 + back), RotatedFiles.NumbersOf(_log.PathOf("run.jsonl")));
            Assert.Equal([.. messages, "INFO 4"], Messages());
            AssertIndexed();
            (_, string tail, _) = ToolRun.Of("tail", _log.Path, "--no-follow");
            Assert.Equal(["0", "1", "2", "3", "4"], tail.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]));
        }
    }

    [Fact]
    public void Every_event_lasts_but_those_of_each_step_and_each_sample()
    {
        string[] passing = [.. typeof(TrainingEvents).GetFields().Where(field => !LastingRecords.Holds((int)field.GetRawConstantValue()!)).Select(field => field.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(
            ["GpuUsage", "GradientHistogram", "GradientLayer", "Gradients", "GradientsClipped", "Performance", "ResourceUsage", "Step", "SystemStatistics"],
            passing);
        Assert.True(Lasts("INFO", "training_progress", 1003, "RunCompleted"));
        Assert.False(Lasts("INFO", "training_progress", 1001, "Step"));
        Assert.True(Lasts("WARNING", "training_progress", 1001, "Step"));
        // A number alone is anybody's.
        Assert.False(Lasts("INFO", "loader", 1003, "RunCompleted"));
        Assert.False(Lasts("INFO", "training_progress", 1003, "Shuffled"));
        Assert.True(Lasts("CRITICAL", "loader", 1003, "Shuffled"));
        Assert.False(LastingRecords.Holds("""{"scopes":{"level":"ERROR"},"level":"INFO","logger":"loader","message":"x"}"""u8));
        // What is damaged may hold anything.
        Assert.True(LastingRecords.Holds("""{"timestamp":"2026-11-24T06:00"""u8));
    }

    private static bool Lasts(string level, string logger, int number, string name) =>
        LastingRecords.Holds(Encoding.UTF8.GetBytes($$$"""{"timestamp":"x","level":"{{{level}}}","logger":"{{{logger}}}","eventId":{{{number}}},"event":"{{{name}}}","message":"ERROR"}"""));

    private static string Json(LogAnalysis analysis)
    {
        var stream = new MemoryStream();
        analysis.WriteJson(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private TrainLogging Create(Action<TrainLogOptions> configure) => TrainLogging.Create(options =>
    {
        (options.LogDirectory, options.EnableConsoleLogging, options.ResourceInterval, options.BlockTimeout, options.ShutdownTimeout) = (_log.Path, false, TimeSpan.Zero, Long, Long);
        configure(options);
    });

    private static void LogSteps(TrainLogging logging, TrainingRun run, int steps)
    {
        for (int step = 1; step <= steps; step++)
        {
            run.LogStep(1, step, 1.0 / step, 1e-3);
            if (step % 20_000 == 0)
            {
                Assert.True(logging.Flush(Long));
            }
        }
    }

    private static string Line(string level, int number) =>
        $$$"""{"timestamp":"2026-11-24T06:00:{{{number:D2}}}.0000000Z","level":"{{{level}}}","logger":"main","thread":1,"eventId":7,"event":"Test","message":"{{{level}}} {{{number}}}","properties":{}}""";

    private void AssertKilled((string Name, byte[] Content)[] files, string[] read, string[]? afterCleaning = null)
    {
        foreach (string file in Directory.GetFiles(_log.Path, "run.jsonl.[23]*").Concat(Directory.GetFiles(_log.Path, "run.jsonl.2*")).Concat(Directory.GetFiles(_log.Path, "run.jsonl.3*")))
        {
            File.Delete(file);
        }

        Array.ForEach(files, file => _log.With(file.Name, file.Content));
        Assert.Equal(read, Messages());
        new RotatedFiles(_log.PathOf("run.jsonl"), RotatedFiles.Unlimited).CleanUp();
        Assert.Equal(afterCleaning ?? read, Messages());
        Assert.Empty(Directory.GetFiles(_log.Path, "*.tmp"));
    }

    private void AssertIndexed()
    {
        using LogIndex index = LogIndex.Open(_log.Path)!;
        Assert.Equal(Json(_log.Analyze()), Json(index.Analyze(cancellation: TestContext.Current.CancellationToken)));
    }

    // By its place, the youngest first.
    private RotatedFile Found(int place) => new LogFileNames(["run.jsonl"]).RotatedIn(_log.Path).OrderBy(file => file.Number).ElementAt(place - 1);

    private void Reduce(RotatedFiles files, int number, BackupKey? key = null) => Assert.NotNull(files.Reduce(Found(number), key, () => false));

    private List<string> Messages()
    {
        List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);
        Assert.Equal(0, unreadable.Count);
        return messages.FindAll(message => !message.Contains("left out", StringComparison.Ordinal));
    }

    private long Backups() => LogFile.Find(_log.Path).Where(file => file.Backup > 0).Sum(file => file.Length);

    private IEnumerable<long> ReadSteps() => Read().Where(record => record.Event == TrainingEvents.Step).Select(record => record.Step);

    private List<StoredEvent> Read()
    {
        using var reader = new LogReader(_log.Path);
        var records = new List<StoredEvent>();
        while (reader.Read())
        {
            records.Add(new StoredEvent(reader.Current.EventId, reader.Current.GetInt64("step"u8) ?? 0));
        }

        Assert.Equal(0, reader.Unreadable.Count);
        return records;
    }

    private readonly record struct StoredEvent(int Event, long Step);
}
