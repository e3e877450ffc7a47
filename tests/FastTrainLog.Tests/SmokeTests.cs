using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests;

public sealed class SmokeTests
{
    private static readonly CallSite Site = new(LogLevel.Information, 1, "Step", "Step {Step} loss {Loss:F4}",
        new CallSiteArgument("Step", ArgumentKind.Int64), new CallSiteArgument("Loss", ArgumentKind.Double), new CallSiteArgument("exception", ArgumentKind.Exception));

    [Fact]
    public void Records_reach_the_files()
    {
        string directory = Directory.CreateTempSubdirectory().FullName;
        using (TrainLogging logging = TrainLogging.Create(o => { o.LogDirectory = directory; o.EnableConsoleLogging = false; }))
        {
            TrainLogger logger = logging.GetLogger(LogCategories.TrainingProgress);
            for (int i = 0; i < 100_000; i++)
            {
                RecordWriter record = logger.Begin(Site, LogLevel.Information, 16 + RecordWriter.SizeOf(ExceptionText.Capture(null)));
                record.Write((long)i);
                record.Write(i == 7 ? double.NaN : i / 3.0);
                record.Write(ExceptionText.Capture(null));
                record.Commit(LogLevel.Information);
            }

            logger.LogError(new InvalidOperationException("boo"), "plain {A} {B}", 1, "x\ny");
        }

        foreach (string f in Directory.GetFiles(directory))
        {
            Console.WriteLine(f + " " + new FileInfo(f).Length);
            Console.WriteLine(string.Join("\n", File.ReadLines(f).Take(10)));
        }

        Assert.Equal(100_001, Directory.GetFiles(directory, "run.jsonl*").Sum(f => File.ReadLines(f).Count()));
    }
}
