using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Fuzz;

/// <summary>What a real log wrote.</summary>
internal static partial class Samples
{
    /// <summary>The key of encrypted inputs.</summary>
    public const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    static Samples()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(Directory, recursive: true);
        string log = Path.Combine(Directory, "log");
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.EnableJournal, o.ResourceInterval) = (log, false, false, TimeSpan.Zero)))
        {
            using TrainingRun run = Write(logging);
            run.LogError(new InvalidOperationException("a \"reason\"\n\tof two lines", new IOException("inner")), "loading");
            run.End(success: true);
        }

        Lines = File.ReadAllBytes(Path.Combine(log, "run.jsonl"));
        Files = [File.ReadAllBytes(Path.Combine(log, "main.log")), "{}\n"u8.ToArray(), [0xEF, 0xBB, 0xBF, .. Lines.Take(300)]];
    }

    /// <summary>Gets a directory of this process.</summary>
    public static string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("fasttrainlog-fuzz-").FullName;

    /// <summary>Gets a few records of each kind as lines of JSON.</summary>
    public static byte[] Lines { get; }

    /// <summary>Gets other files of the log.</summary>
    public static byte[][] Files { get; }

    /// <summary>Logs a few records of each kind, none of which is written at once.</summary>
    /// <returns>The run that is in progress.</returns>
    public static TrainingRun Write(TrainLogging logging)
    {
        TrainLogger logger = logging.GetLogger("loader");
        TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Name = "run", Model = "M", TotalSteps = 4, BatchSize = 8 });
        for (int step = 1; step <= 4; step++)
        {
            run.LogStep(1, step, step == 3 ? double.NaN : 1.0 / step, 1e-3);
        }

        run.LogValidation(1, 4, 0.5);
        run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.NaN, IssueSeverity.Low, "loss") { Step = 3 });
        logger.LogWarning(new InvalidOperationException("a \"reason\"\n\tof two lines", new IOException("inner")), "loading");
        using (logger.BeginScope("scope {Number}", 7))
        {
            Everything(logger, "text ä \ud83d\ude80 \\ \"", null, 'c', true, 3, -4L, 0.1f, 1.0 / 3, 12.50m, Guid.Empty, DateTime.UnixEpoch, TimeSpan.FromSeconds(90), DayOfWeek.Friday, [1, 2, 3], DateTimeOffset.MinValue, DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Local), decimal.MinValue);
        }

        logger.LogInformation("of {Who} and {What:F2}", "another", 2.0);
        return run;
    }

    [TrainLog(1, LogLevel.Information, "{Text} {Nothing} {Sign} {Is} {Small} {Large} {Single:F3} {Value:E2} {Price} {Id} {Time:O} {Span} {Day} {Numbers} {First} {FirstHere} {Least}")]
    private static partial void Everything(TrainLogger logger, string text, string? nothing, char sign, bool @is, int small, long large, float single, double value, decimal price, Guid id, DateTime time, TimeSpan span, DayOfWeek day, int[] numbers, DateTimeOffset first, DateTime firstHere, decimal least);
}
