using System.Reflection;
using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Tool.Tests.Export;
using FastTrainLog.Training;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>What is a record of a run: its category, its number and its name together. Everything that reads a log must agree on it.</summary>
public sealed class RunRecordsTests : IDisposable
{
    // Numbers that every tutorial begins with, beside a run of three steps.
    private static readonly int[] TutorialNumbers = [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1010, 1011, 1020, 1100, 1103, 1104, 1105, 1106, 1200, 1300, 1401, 1402, 1500, 1502, 1503];

    private readonly LogDirectory _log = new();

    public static TheoryData<string, string> Strangers => new()
    {
        { "Shop.Api.ItemsController", "GetItem" },
        { "Shop.Api.ItemsController", "" },
        { "Shop.Api.ItemsController", "Step" },
        { "training_progress.Images", "Step" },
        { "Training_Progress", "Step" },
        { "", "" },
        { "main", "Step" },
        { "training_progress", "Reward" },
        { "training_progress", "" },
        { "performance", "step" },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public void Numbers_of_events_that_are_somebody_elses_are_no_records_of_the_run(string logger, string name)
    {
        const string Arguments =
            """
            "RunId":"other","Step":2,"Loss":0.0001,"FinalLoss":0.0001,"Epoch":9,"Model":"Shop","Duration":"00:00:01","Operation":"sell","DurationSeconds":99,"Type":"NaN","Layer":"till","Norm":5,"GradientNorm":5,"ClippingRatio":1,"Bins":{"2^1":3},"Metrics":{"price":7},"ProcessBytes":5,"Device":0,"Path":"x","Error":"e","Category":"Data","Limit":"1","Throughput":9
            """;
        _log.With("run.jsonl",
        [
            RunRecord.Start(0, "mine"),
            RunRecord.Step(1, "mine", 1, 3.0),
            .. TutorialNumbers.Select((number, i) => RunRecord.Of(1.5 + (i / 100.0), "mine", number, name, Arguments, logger, step: 1)),
            RunRecord.Step(2, "mine", 2, 2.0),
            RunRecord.Step(3, "mine", 3, 1.0),
        ]);

        LogAnalysis analysis = _log.Analyze();
        Assert.Equal((3L, 1.0, 0L, 0L), (analysis.Progress.Steps, analysis.Progress.Loss!.Minimum!.Value, analysis.Progress.ValidationCount, analysis.Stability.NonFiniteSteps));
        Assert.Equal("mine", Assert.Single(analysis.Runs).Name);
        Assert.Equal("Net", analysis.Run.Model);
        Assert.Null(analysis.Run.Reason);
        Assert.Empty(analysis.Performance.Operations);
        Assert.Null(analysis.Performance.ProcessBytes);
        Assert.Equal(0, analysis.Progress.CheckpointCount);

        using JsonDocument compared = JsonDocument.Parse(ToolRun.Of("compare", _log.Path, "--json").Output);
        JsonElement run = Assert.Single(compared.RootElement.GetProperty("runs").EnumerateArray());
        Assert.Equal((3L, 1.0, 1.0, analysis.Run.Outcome), (run.GetProperty("steps").GetInt64(), run.GetProperty("best_loss").GetDouble(), run.GetProperty("final_loss").GetDouble(), run.GetProperty("outcome").GetString()));
        Assert.Equal(0, run.GetProperty("numerical_issues").GetInt64());

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "csv", "--out", _log.PathOf("tables")).Code);
        Assert.Equal(["runs.csv", "steps.csv"], Directory.GetFiles(_log.PathOf("tables")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Equal(4, File.ReadLines(_log.PathOf("tables/steps.csv")).Count());

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "sqlite", "--out", _log.PathOf("run.db")).Code);
        Assert.Equal([3L, 0L, 0L, 0L, 1L, 0L, 5L + TutorialNumbers.Length - 1], new[] { "steps", "validations", "performance", "numerical_issues", "runs", "metrics", "records" }.Select(table => Count(_log.PathOf("run.db"), table)));

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "tensorboard", "--out", _log.PathOf("events")).Code);
        List<TensorBoardReader.Value> values = TensorBoardReader.Read(Directory.GetFiles(_log.PathOf("events"), "*tfevents*", SearchOption.AllDirectories).Single());
        Assert.Equal([3f, 2f, 1f], values.Where(value => value.Tag == "train/loss").Select(value => value.Scalar!.Value));
        Assert.Equal(["run/configuration", "train/learning_rate", "train/loss"], values.Select(value => value.Tag).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_stranger_of_a_log_without_runs_begins_none()
    {
        // As logs were before records told their run: the start that came before says it.
        _log.With("run.jsonl",
            RunRecord.Of(0, null, 1000, "ListItems", "\"RunId\":\"shop\"", "Shop.Api"),
            RunRecord.Of(1, null, 1005, "", "\"RunId\":\"shop\"", "Shop.Api"),
            RunRecord.Of(2, null, 1001, "GetItem", "\"Step\":1,\"Loss\":0.5", "Shop.Api"));

        Assert.Equal("no-run", _log.Analyze().Run.Name);
        (int code, _, string error) = ToolRun.Of("compare", _log.Path);
        Assert.Equal(1, code);
        Assert.Contains("contains no run", error);
        Assert.Contains("contains no run", ToolRun.Of("export", _log.Path, "--format", "tensorboard", "--out", _log.PathOf("events")).Output);
    }

    [Fact]
    public void Records_of_old_logs_belong_to_the_start_before_them_and_records_of_no_run_to_none()
    {
        _log.With("run.jsonl",
            RunRecord.Of(0, null, 1000, "RunStarted", "\"RunId\":\"old\""),
            RunRecord.Of(1, null, 1001, "Step", "\"Step\":1,\"Loss\":0.5"),
            RunRecord.Step(2, "new", 1, 0.25),
            // The process that says its runs says also that this is of none.
            RunRecord.Of(3, null, 7, "Hello", "", "main"));

        Assert.Equal([("old", 2L), ("new", 1L), ("no-run", 1L)], _log.Analyze().Runs.Select(run => (run.Name, run.Records)));
        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("old.jsonl"), "--run", "old").Code);
        Assert.Equal(2, File.ReadLines(_log.PathOf("old.jsonl")).Count());
    }

    [Fact]
    public void Every_event_of_a_run_is_known_by_its_category_and_its_name()
    {
        // Those that the library's own messages have, of whatever class they are.
        var sites = typeof(TrainingRun).Assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => (method.Name, Attribute: method.GetCustomAttribute<TrainLogAttribute>()))
            .Where(site => site.Attribute is not null).ToDictionary(site => site.Attribute!.EventId, site => site.Attribute!.EventName ?? site.Name);
        string[] categories = [.. typeof(LogCategories).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (string)field.GetValue(null)!)];

        foreach (FieldInfo field in typeof(TrainingEvents).GetFields(BindingFlags.Static | BindingFlags.Public))
        {
            int number = (int)field.GetValue(null)!;
            Assert.True(sites.TryGetValue(number, out string? name), $"{field.Name} is logged by no message");
            Assert.Single(categories, category => TrainingEventOrigins.IsOfRun(number, category, System.Text.Encoding.UTF8.GetBytes(name)));
        }
    }

    [Fact]
    public void Every_record_that_a_real_run_writes_of_its_events_is_taken_for_one()
    {
        var taken = new List<int>();
        using (TrainLogging logging = TrainLogging.Create(options => (options.LogDirectory, options.EnableConsoleLogging) = (_log.Path, false)))
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", TotalSteps = 2, RunId = "real" });
            run.LogStep(1, 1, 0.5, 0.1);
            run.LogValidation(1, 1, 0.5);
            run.LogError(new InvalidOperationException("x"), "operation");
            run.End(success: true);
        }

        using var reader = new FastTrainLog.Reading.LogReader(_log.Path);
        while (reader.Read())
        {
            Assert.Equal(reader.Current.EventId is >= 1000 and < 2000 ? reader.Current.EventId : 0, reader.Current.TrainingEvent);
            taken.Add(reader.Current.TrainingEvent);
        }

        Assert.Superset(new HashSet<int> { TrainingEvents.RunAnnounced, TrainingEvents.RunStarted, TrainingEvents.Step, TrainingEvents.BestValidation, TrainingEvents.ErrorWithContext, TrainingEvents.RunCompleted, TrainingEvents.RunConcluded, TrainingEvents.Performance }, taken.ToHashSet());
    }

    public void Dispose() => _log.Dispose();

    internal static long Count(string database, string table)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }
}
