using System.Text;
using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Monitoring.Terminal;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>The bar on the console, the snapshot, every command and every export count the same records as steps.</summary>
public sealed partial class StepAgreementTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly EmulatedConsole _console = new();

    public static TheoryData<string> NoSteps => ["validation", "Evaluation", "negative", "stranger", "nameless", "numberless", "other category", "plain",
        "plain, of validation", "plain, a text", "plain, lower case", "plain, a fraction", "plain, huge", "lower case", "a text", "a phase of an enum", "a phase of a type of its own"];

    public static TheoryData<string> OthersSteps => ["plain", "plain, short", "plain, unsigned", "plain, a whole double", "plain, a decimal", "nullable", "short", "unsigned", "a whole double", "a whole half"];

    [Theory]
    [MemberData(nameof(NoSteps))]
    public void What_is_no_step_is_none_for_anybody(string kind)
    {
        RunSnapshot snapshot = Train(kind, taken: []);
        Assert.Null(snapshot.TrainingProgress);
        Assert.Equal(0, snapshot.Series["loss"].Points);
        Assert.DoesNotContain("step 7", _console.Written, StringComparison.Ordinal);
        LogAnalysis analysis = _log.Analyze("r");
        Assert.Equal((0L, null, null), (analysis.Progress.Steps, analysis.Progress.LastStep, analysis.Run.LastStep));
        Assert.Equal((0, JsonValueKind.Null), (Compared.GetProperty("steps").GetInt32(), Compared.GetProperty("final_loss").ValueKind));
    }

    [Theory]
    [MemberData(nameof(NoSteps))]
    public void What_is_no_step_changes_no_figure_of_those_that_are(string kind)
    {
        (long Step, double Loss)[] taken = [(7, 3.0), (8, 2.5), (8, 2.25), (9, 2.0), (8, 1.75), (10, 1.5)];
        RunSnapshot snapshot = Train(kind, taken);
        Assert.Equal((10L, 1.5), (snapshot.TrainingProgress!.Step, snapshot.TrainingProgress.Loss));
        Assert.Contains("step 7/20  loss 3.0000", _console.Written, StringComparison.Ordinal);
        LogAnalysis analysis = _log.Analyze("r");
        Assert.Equal((10L, 10L, 1.5, 4L), (analysis.Progress.LastStep, analysis.Run.LastStep, analysis.Run.LastLoss, analysis.Progress.Steps));
        Assert.Equal((4, 1.5, 1.5, 10), (Compared.GetProperty("steps").GetInt32(), Compared.GetProperty("final_loss").GetDouble(), Compared.GetProperty("best_loss").GetDouble(), Compared.GetProperty("best_loss_step").GetInt32()));
        Assert.Equal((4L, 1.5), (snapshot.End!.Steps, snapshot.End.FinalLoss));
        Assert.Contains($"throughput: {Figure.OfSteps(1.0 / analysis.Progress.StepsPerSecond!.Value, isShort: false)}, {Figure.OfRate(analysis.Progress.Throughput!.Overall)} samples/s", _console.Written, StringComparison.Ordinal);

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "csv", "--out", _log.PathOf("csv")).Code);
        string[] rows = File.ReadAllLines(_log.PathOf("csv/steps.csv"));
        string[] header = rows[0].Split(',');
        (string Step, string Loss)[] exported = [.. rows[1..].Select(static row => row.Split(',')).Where(row => row[Array.IndexOf(header, "phase")] == "training" && long.Parse(row[Array.IndexOf(header, "step")]) >= 0)
            .Select(row => (row[Array.IndexOf(header, "step")], row[Array.IndexOf(header, "loss")]))];
        Assert.Equal([("7", "3"), ("8", "1.75"), ("10", "1.5")], exported);
        Assert.Equal(1.5, snapshot.Series["loss"].Buckets.Min(static b => b.Minimum));
    }

    [Theory]
    [MemberData(nameof(OthersSteps))]
    public void A_step_that_other_code_logs_by_category_number_and_name_is_one_for_everybody(string kind)
    {
        RunSnapshot snapshot = Train("step: " + kind, taken: []);
        Assert.Equal((7L, 0.5), (snapshot.TrainingProgress?.Step, snapshot.TrainingProgress?.Loss));
        Assert.Equal(1, snapshot.Series["loss"].Points);
        Assert.Contains("step 7", _console.Written, StringComparison.Ordinal);
        LogAnalysis analysis = _log.Analyze("r");
        Assert.Equal((1L, 7L, 7L), (analysis.Progress.Steps, analysis.Progress.LastStep, analysis.Run.LastStep));
        Assert.Equal((1, 0.5), (Compared.GetProperty("steps").GetInt32(), Compared.GetProperty("final_loss").GetDouble()));
    }

    public void Dispose() => _log.Dispose();

    private JsonElement Compared => JsonElement.Parse(ToolRun.Of("compare", _log.Path, "--json").Output).GetProperty("runs")[0];

    private RunSnapshot Train(string kind, (long Step, double Loss)[] taken)
    {
        using TrainLogging logging = TrainLogging.Create(options =>
        {
            (options.LogDirectory, options.EnableConsoleLogging, options.ResourceInterval) = (_log.Path, false, TimeSpan.Zero);
            options.AddSink(new ProgressConsoleSink(new LiveScreen(_console, TimeSpan.Zero), place: null, filter: null));
        });
        TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", TotalSteps = 20, BatchSize = 32, RunId = "r" });
        LogHostile(logging, run, kind);
        Assert.True(logging.Flush());
        foreach ((long step, double loss) in taken)
        {
            run.LogStep(1, step, loss, 0.1);
            Assert.True(logging.Flush());
            LogHostile(logging, run, kind);
        }

        RunSnapshot before = run.Snapshot();
        run.End(success: true);
        Assert.True(logging.Flush());
        return taken.Length == 0 ? before : run.Snapshot();
    }

    private static void LogHostile(TrainLogging logging, TrainingRun run, string kind)
    {
        TrainLogger progress = logging.GetRunLogger(LogCategories.TrainingProgress, run.Context);
        switch (kind)
        {
            case "validation" or "Evaluation":
                run.LogStep(1, 7, 0.001, 0.1, phase: kind);
                break;
            case "negative":
                run.LogStep(1, -7, 0.001, 0.1);
                break;
            case "stranger":
                Reward(progress, 1, 7, 20, 0.001, 0.1, "training");
                break;
            case "nameless":
                Nameless(progress, 7, 0.001);
                break;
            case "numberless":
                Numberless(progress, 0.001);
                break;
            case "other category":
                Step(logging.GetRunLogger("training_progress.images", run.Context), 1, 7, 20, 0.001, 0.1, "training");
                break;
            case "lower case":
                LowerCase(progress, 7, 0.001);
                break;
            case "a text":
                Texts(progress, "7", 0.001);
                break;
            case "a phase of an enum":
                OfEnum(progress, 7, 0.001, Part.Validation);
                break;
            case "a phase of a type of its own":
                OfType(progress, 7, 0.001, new Stage("test"));
                break;
            case "plain":
                logging.GetLogger(LogCategories.TrainingProgress).LogInformation(new EventId(TrainingEvents.Step), "{Step} {Loss}", 7L, 0.001);
                break;
            case "step: nullable":
                OfNullable(progress, 7, 0.5);
                break;
            case "step: short":
                OfShort(progress, 7, 0.5);
                break;
            case "step: unsigned":
                OfUnsigned(progress, 7, 0.5);
                break;
            case "step: a whole double":
                OfDouble(progress, 7.0, 0.5);
                break;
            case "step: a whole half":
                OfHalf(progress, (Half)7, 0.5);
                break;
            default:
                LogPlain(logging.GetLogger(LogCategories.TrainingProgress), kind);
                break;
        }
    }

    private static void LogPlain(ILogger logger, string kind)
    {
        var step = new EventId(TrainingEvents.Step, nameof(TrainingEvents.Step));
        switch (kind)
        {
            case "plain, of validation":
                logger.LogInformation(step, "{Step} {Loss} {Phase}", 7L, 0.001, "validation");
                break;
            case "plain, a text":
                logger.LogInformation(step, "{Step} {Loss}", "7", 0.001);
                break;
            case "plain, lower case":
                logger.LogInformation(step, "{step} {Loss}", 7L, 0.001);
                break;
            case "plain, a fraction":
                logger.LogInformation(step, "{Step} {Loss}", 7.5, 0.001);
                break;
            case "plain, huge":
                logger.LogInformation(step, "{Step} {Loss}", ulong.MaxValue, 0.001);
                break;
            default:
                object number = kind switch
                {
                    "step: plain" => 7L,
                    "step: plain, short" => (short)7,
                    "step: plain, unsigned" => 7U,
                    "step: plain, a whole double" => 7.0,
                    "step: plain, a decimal" => 7m,
                    _ => throw new ArgumentException(kind),
                };
                logger.LogInformation(step, "{Step} {Loss}", number, 0.5);
                break;
        }
    }

    private enum Part
    {
        Training,
        Validation,
    }

    private readonly record struct Stage(string Name) : ISpanFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => Name;

        public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        {
            bool fits = Name.TryCopyTo(destination);
            charsWritten = fits ? Name.Length : 0;
            return fits;
        }
    }

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "Epoch {Epoch} {Step} {TotalSteps} {Loss} {LearningRate} {Phase}")]
    private static partial void Reward(TrainLogger logger, int epoch, long step, long totalSteps, double loss, double learningRate, string phase);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss}", EventName = "")]
    private static partial void Nameless(TrainLogger logger, long step, double loss);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Loss}", EventName = "Step")]
    private static partial void Numberless(TrainLogger logger, double loss);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "Epoch {Epoch} {Step} {TotalSteps} {Loss} {LearningRate} {Phase}")]
    private static partial void Step(TrainLogger logger, int epoch, long step, long totalSteps, double loss, double learningRate, string phase);

    // They imitate one event.
#pragma warning disable FTL0025
    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{step} {Loss}", EventName = "Step")]
    private static partial void LowerCase(TrainLogger logger, long step, double loss);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss}", EventName = "Step")]
    private static partial void Texts(TrainLogger logger, string step, double loss);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss} {Phase}", EventName = "Step")]
    private static partial void OfEnum(TrainLogger logger, long step, double loss, Part phase);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss} {Phase}", EventName = "Step")]
    private static partial void OfType(TrainLogger logger, long step, double loss, Stage phase);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss}", EventName = "Step")]
    private static partial void OfNullable(TrainLogger logger, long? step, double loss);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss}", EventName = "Step")]
    private static partial void OfShort(TrainLogger logger, short step, double loss);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss}", EventName = "Step")]
    private static partial void OfUnsigned(TrainLogger logger, ulong step, double loss);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss}", EventName = "Step")]
    private static partial void OfDouble(TrainLogger logger, double step, double loss);

    [TrainLog(TrainingEvents.Step, LogLevel.Information, "{Step} {Loss}", EventName = "Step")]
    private static partial void OfHalf(TrainLogger logger, Half step, double loss);

    private sealed class EmulatedConsole : ITerminal
    {
        private readonly StringBuilder _written = new();

        public bool IsLive => true;

        public bool HasColors => false;

        public bool HasUnicode => true;

        public int Columns => 120;

        public int Rows => 24;

        public string Written => _written.ToString();

        public void Measure()
        {
        }

        public void Write(ReadOnlySpan<byte> bytes) => _written.Append(Encoding.UTF8.GetString(bytes));
    }
}
