using FastTrainLog.Shipping.TensorBoard;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Export;
using FastTrainLog.Tool.Tests.Runs;
using FastTrainLog.Training;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Event files written live, compared with those that <c>export</c> writes of the same log.</summary>
public sealed class TensorBoardTargetTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly LogDirectory _other = new();

    private string Events => _other.PathOf("events");

    public void Dispose()
    {
        _log.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Event_files_are_those_of_an_export_byte_by_byte_however_they_come_about()
    {
        string[] lines =
        [
            RunRecord.Of(0, null, 7, "Test", "\"Step\":3"),
            RunRecord.Start(1, "a"),
            RunRecord.Step(2, "a", 1, 2),
            RunRecord.Start(2.5, "b", rank: 1, ranks: 2),
            RunRecord.Of(3, "a", 1105, "GradientLayer", "\"Step\":1,\"Layer\":\"w\",\"Norm\":1,\"AbsoluteMaximum\":40000", "numerical_stability"),
            RunRecord.Of(3, "a", 1106, "GradientHistogram", "\"Step\":1,\"Layer\":\"w\",\"Bins\":{\"2^14\":1,\"2^15\":2}", "numerical_stability"),
            RunRecord.Step(4, "a", 2, double.NaN),
            RunRecord.Step(4, "B", 1, 7),
            RunRecord.Step(4.5, "b", 1, 5, rank: 1, ranks: 2),
            RunRecord.Of(5, "a", 1502, "ResourceUsage", "\"ProcessBytes\":3", "system"),
            RunRecord.Of(6, "a", 1010, "Validation", "\"Epoch\":1,\"Step\":2,\"Loss\":2,\"Metrics\":{\"loss\":7}"),
            RunRecord.Of(6, "a", 1200, "ErrorWithContext", "\"Type\":\"X\"", "errors"),
            RunRecord.Of(7, "a", 1200, "ErrorWithContext", "\"Type\":\"Y\"", "errors"),
            RunRecord.Start(8, "../..\\x"),
            RunRecord.Step(9, "../..\\x", 1, 1),
            RunRecord.Of(10, "a", 1002, "EpochEnded", "\"Epoch\":1,\"Loss\":3,\"DurationSeconds\":1"),
        ];
        // As older logs are, whose records do not say the run.
        string[] old = [RunRecord.Of(0, null, 1000, "RunStarted", "\"RunId\":\"old\""), RunRecord.Of(1, null, 1001, "Step", "\"Step\":10,\"Loss\":2"), RunRecord.Of(3, null, 1002, "EpochEnded", "\"Epoch\":1,\"Loss\":2")];
        foreach (string[] log in new[] { lines, old })
        {
            _log.With("run.jsonl", log);
            Dictionary<string, byte[]> exported = Export();
            Assert.NotEmpty(exported);

            // At once, a record at a time by one shipper, and a record at a time by a shipper each.
            Directory.CreateDirectory(_log.PathOf("grows"));
            foreach (int shippers in new[] { 0, 1, log.Length })
            {
                File.WriteAllBytes(_log.PathOf("grows/run.jsonl"), shippers == 0 ? Bytes(log) : []);
                TensorBoardTarget target = new(Events);
                for (int i = 0; i < (shippers == 0 ? 1 : log.Length); i++)
                {
                    if (shippers > 0)
                    {
                        Append(_log.PathOf("grows/run.jsonl"), [log[i]]);
                    }

                    ShipAll(_log.PathOf("grows"), target);
                    if (shippers > 1)
                    {
                        target.Dispose();
                        target = new(Events);
                    }
                }

                target.Dispose();
                Assert.Equal(exported, EventFiles(Events));
                Directory.Delete(Events, recursive: true);
                File.Delete(_log.PathOf("grows/.fasttrainlog.ship.tensorboard.cursor"));
            }
        }
    }

    [Fact]
    public void A_run_that_goes_back_shows_each_step_once_with_the_later_values()
    {
        _log.With("run.jsonl",
        [
            RunRecord.Start(0, "a"), .. Enumerable.Range(1, 10).Select(step => RunRecord.Step(step, "a", step, step)),
            RunRecord.Of(11, "a", 1010, "Validation", "\"Epoch\":1,\"Step\":10,\"Loss\":2"),
        ]);
        using (var target = new TensorBoardTarget(Events))
        {
            ShipAll(_log.Path, target);
        }

        // Another process resumes at step 5, is killed after its first step, and a third repeats that one step; it goes back by itself later.
        Append(_log.PathOf("run.jsonl"),
        [
            RunRecord.Start(20, "a", "\"FromStep\":4"), RunRecord.Step(21, "a", 5, 105), RunRecord.Start(30, "a", "\"FromStep\":4"),
            .. Enumerable.Range(5, 6).Select(step => RunRecord.Step(26 + step, "a", step, 200 + step)),
            .. Enumerable.Range(9, 4).Select(step => RunRecord.Step(46 + step, "a", step, 300 + step)),
        ]);
        using (var target = new TensorBoardTarget(Events))
        {
            ShipAll(_log.Path, target);
        }

        string file = Assert.Single(EventFiles(Events).Keys);
        List<TensorBoardReader.Value> shown = TensorBoardReader.ReadShown(Path.Combine(Events, file));
        Assert.Equal([1, 2, 3, 4, 205, 206, 207, 208, 309, 310, 311, 312], shown.Where(static value => value.Tag == "train/loss").Select(static value => value.Scalar!.Value));
        Assert.Equal([5L, 5, 9], TensorBoardReader.Read(Path.Combine(Events, file)).Where(static value => value.Tag == TensorBoardReader.SessionStart).Select(static value => value.Step));
        Export();
        List<TensorBoardReader.Value> exported = TensorBoardReader.Read(Path.Combine(_other.PathOf("exported"), file));
        string[] ofSteps = ["train/loss", "train/learning_rate", "validation/loss"];
        Assert.Equal(exported.Where(value => ofSteps.Contains(value.Tag)), shown.Where(value => ofSteps.Contains(value.Tag)));
    }

    [Fact]
    public void What_a_killed_shipper_wrote_beyond_its_note_is_written_again_and_is_there_once()
    {
        string note = Path.Combine(Events, ".fasttrainlog.received");
        _log.With("run.jsonl", [RunRecord.Start(0, "a"), RunRecord.Step(1, "a", 1, 1), RunRecord.Step(2, "a", 2, 2)]);
        ShipOnce();
        byte[] noted = File.ReadAllBytes(note);
        Append(_log.PathOf("run.jsonl"), [RunRecord.Step(3, "a", 3, 3), RunRecord.Start(4, "b"), RunRecord.Step(5, "b", 1, 1), RunRecord.Step(6, "a", 4, 4)]);
        ShipOnce();

        // As after a kill before the note, in the middle of an event.
        File.WriteAllBytes(note, noted);
        string file = Path.Combine(Events, Assert.Single(EventFiles(Events).Keys, static path => path.StartsWith('a')));
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^3]);
        // The second run's file is there, and no note says whose it is.
        File.Delete(Path.Combine(Events, Assert.Single(EventFiles(Events).Keys, static path => path.StartsWith('b'))));
        File.Delete(_log.PathOf(".fasttrainlog.ship.tensorboard.cursor"));
        ShipOnce();
        Assert.Equal(Export(), EventFiles(Events));
    }

    [Fact]
    public void A_file_that_a_shipper_began_and_did_not_acknowledge_is_begun_again()
    {
        _log.With("run.jsonl", [RunRecord.Step(1, "a", 1, 1)]);
        // It cannot write the file, and has noted that it is its own.
        string file = Path.Combine(Events, "a", EventFile.NameFor(new DateTime(2026, 11, 24, 6, 0, 1, DateTimeKind.Utc)));
        Directory.CreateDirectory(file);
        using (var target = new TensorBoardTarget(Events))
        using (var shipper = new LogShipper(_log.Path, target, Quick()))
        {
            shipper.Start();
            Assert.True(Eventually.Is(() => shipper.GetStatus().Problem is not null, TimeSpan.FromMinutes(1)));
        }

        Directory.Delete(file);
        File.WriteAllText(file, "half an event");
        // The recovery has written the records in another order since, so that the file has another name.
        _log.With("run.jsonl", [RunRecord.Start(100, "a"), RunRecord.Step(101, "a", 1, 1)]);
        ShipOnce();
        Assert.Equal(Export(), EventFiles(Events));
    }

    [Fact]
    public void A_run_whose_file_is_of_an_export_is_not_drawn_twice()
    {
        _log.With("run.jsonl", [RunRecord.Start(0, "a"), RunRecord.Step(1, "a", 1, 1)]);
        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "tensorboard", "--out", Events).Code);
        Dictionary<string, byte[]> exported = EventFiles(Events);
        (int code, _, string error) = ToolRun.Of("ship", _log.Path, "--to", $"tensorboard={Events}", "--once", "--give-up", "1");
        Assert.Equal(1, code);
        Assert.Contains("is there already, of an export or of another shipper, and would draw every curve twice; delete it, or give another directory", error, StringComparison.Ordinal);
        Assert.Equal(exported, EventFiles(Events));

        Directory.Delete(Path.Combine(Events, "a"), recursive: true);
        Assert.Equal(0, ToolRun.Of("ship", _log.Path, "--to", $"tensorboard={Events}", "--once").Code);
        Assert.Equal(exported, EventFiles(Events));
    }

    [Fact]
    public void A_run_that_somebody_deleted_from_the_events_goes_on_in_a_file_that_can_be_read()
    {
        _log.With("run.jsonl", [RunRecord.Start(0, "a"), RunRecord.Step(1, "a", 1, 1)]);
        using var target = new TensorBoardTarget(Events);
        ShipAll(_log.Path, target);
        Directory.Delete(Path.Combine(Events, "a"), recursive: true);
        Append(_log.PathOf("run.jsonl"), [RunRecord.Step(2, "a", 2, 2)]);
        ShipAll(_log.Path, target);
        Assert.Equal([2L, 2], TensorBoardReader.Read(Path.Combine(Events, Assert.Single(EventFiles(Events).Keys))).Select(static value => value.Step));
    }

    [Fact]
    public void Logs_below_a_root_have_directories_of_their_own_and_a_directory_takes_one_kind_of_target()
    {
        foreach (string log in new[] { "x", "y" })
        {
            Directory.CreateDirectory(_log.PathOf(log));
            _log.With($"{log}/run.jsonl", [RunRecord.Start(0, "a"), RunRecord.Step(1, "a", 1, 1)]);
        }

        (int code, string output, string error) = ToolRun.Of("ship", "--watch", _log.Path, "--to", $"tensorboard={Events}", "--once");
        Assert.True(code == 0, output + error);
        Assert.Equal(["x/a", "y/a"], EventFiles(Events).Keys.Select(static path => Path.GetDirectoryName(path)!).Order(StringComparer.Ordinal));

        (code, _, error) = ToolRun.Of("ship", _log.PathOf("x"), "--to", $"dir={Path.Combine(Events, "x")}", "--once", "--give-up", "1");
        Assert.Equal(1, code);
        Assert.Contains("cannot be used, because it does not begin as a note of received records does; move what was shipped there elsewhere", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_ships_itself_while_shippers_are_killed_has_each_step_once()
    {
        int kills = Campaign.IsLong ? 30 : 3;
        int steps = 400 * (kills + 1);
        var random = new Random(20261130);
        string directory = _log.PathOf("logs");
        Directory.CreateDirectory(directory);
        using (TrainLogging logging = TrainLogging.Create(options =>
        {
            options.LogDirectory = directory;
            options.EnableConsoleLogging = false;
            options.MaxFileSize = 100_000;
            options.MaxTotalBackupSize = 1 << 30;
        }))
        {
            logging.ShipTo(new TensorBoardTarget(_other.PathOf("own"), "own"), Quick());
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "net", TotalSteps = steps });
            int step = 0;
            for (int kill = 0; kill < kills; kill++)
            {
                string events = Path.Combine(Events, ".fasttrainlog.received");
                using ToolProcess shipper = ToolProcess.Start("ship", directory, "--to", $"tensorboard={Events}");
                DateTime before = File.GetLastWriteTimeUtc(events);
                Assert.True(Eventually.Is(() =>
                {
                    run.LogStep(epoch: 1, ++step, 1.0 / step, learningRate: 0.01);
                    Thread.Sleep(1);
                    return File.GetLastWriteTimeUtc(events) != before;
                }, TimeSpan.FromMinutes(1)), shipper.Error);
                for (int more = random.Next(1, 200); more > 0; more--)
                {
                    run.LogStep(epoch: 1, ++step, 1.0 / step, learningRate: 0.01);
                    Thread.Sleep(more % 10 == 0 ? 1 : 0);
                }

                shipper.Kill();
            }
        }

        (int code, string output, string error) = ToolRun.Of("ship", directory, "--to", $"tensorboard={Events}", "--once");
        Assert.True(code == 0, output + error);
        Dictionary<string, byte[]> exported = Export(directory);
        Assert.Equal(exported, EventFiles(Events));
        Assert.Equal(exported, EventFiles(_other.PathOf("own")));
    }

    private void ShipOnce()
    {
        using var target = new TensorBoardTarget(Events);
        ShipAll(_log.Path, target);
    }

    private Dictionary<string, byte[]> Export(string? log = null)
    {
        string directory = _other.PathOf("exported");
        Directory.CreateDirectory(directory);
        Directory.Delete(directory, recursive: true);
        (int code, _, string error) = ToolRun.Of("export", log ?? _log.Path, "--format", "tensorboard", "--out", directory);
        Assert.True(code == 0, error);
        return EventFiles(directory);
    }

    private static Dictionary<string, byte[]> EventFiles(string directory) => Directory.GetFiles(directory, "events.out.tfevents.*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).ToDictionary(file => Path.GetRelativePath(directory, file), File.ReadAllBytes);
}
