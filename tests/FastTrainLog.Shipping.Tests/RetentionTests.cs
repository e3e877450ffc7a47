using FastTrainLog.Reading;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using Microsoft.Extensions.Logging;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>The limits of rotated files, and a shipper whose target is down.</summary>
public sealed class RetentionTests : IDisposable
{
    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Files_that_were_not_shipped_are_kept_beyond_the_limit_and_go_once_they_were()
    {
        var target = new ScriptedTarget();
        string directory = _log.PathOf("logs");
        Log(directory, 1);
        // It is known to the log, and has read up to here.
        ShipAll(directory, target);
        Log(directory, 3000);
        GrowOld(directory);
        Retain(directory);
        Assert.Equal(3001, Numbers(LinesOf(directory)));

        ShipCounters counters = ShipAll(directory, target);
        Assert.Equal((0, 0, 3001), (counters.LostRecords, counters.LostBytes, Numbers(target.Taken)));
        Retain(directory, until: () => Numbers(LinesOf(directory)) < 3000);
    }

    [Fact]
    public void What_had_to_go_all_the_same_is_counted_and_told()
    {
        var target = new ScriptedTarget();
        string directory = _log.PathOf("logs");
        Log(directory, 1);
        ShipAll(directory, target);
        Log(directory, 5000);
        GrowOld(directory);
        // As much again is kept for the shipper.
        Retain(directory, most: 200_000, until: () => Directory.GetFiles(directory, "run.jsonl.*").Sum(static file => new FileInfo(file).Length) <= 2 * 200_000);
        var notices = new List<ShipNotice>();
        ShipCounters counters = ShipAll(directory, target, Quick(notices.Add));
        Assert.True(counters.LostBytes > 200_000);
        Assert.True(Numbers(target.Taken) < 5000);
        Assert.Contains(notices, static notice => notice.Kind == ShipNoticeKind.Lost);
        Assert.Contains(target.Taken, static line => line.Contains("BackupsDeletedUnread", StringComparison.Ordinal));
    }

    private static int Numbers(IEnumerable<string> lines) => lines.Count(static line => line.Contains("\"Number\":", StringComparison.Ordinal));

    private static void Log(string directory, int records)
    {
        using TrainLogging logging = TrainLogging.Create(options => Set(options, directory));
        ILogger logger = logging.GetLogger(LogCategories.Main);
        for (int i = 0; i < records; i++)
        {
            logger.LogInformation("record {Number}", i);
        }
    }

    private static void GrowOld(string directory)
    {
        DateTime before = DateTime.UtcNow.AddHours(-1);
        Array.ForEach([.. Directory.GetFiles(directory).Where(static file => char.IsAsciiDigit(file[^1]))], file => File.SetLastWriteTimeUtc(file, before));
        // As the shipper would have said it then.
        LogReaderMark.Write(directory, "ship.scripted", [(1, before.AddHours(-1).Ticks)]);
    }

    // That the rotated text files are gone says that the log has looked.
    private static void Retain(string directory, long most = 0, Func<bool>? until = null)
    {
        using TrainLogging logging = TrainLogging.Create(options =>
        {
            Set(options, directory);
            options.MaxBackupAge = TimeSpan.FromMinutes(1);
            options.MaxTotalBackupSize = most;
        });
        Assert.True(Eventually.Is(() => !Directory.GetFiles(directory, "main.log.*").Any(static file => char.IsAsciiDigit(file[^1])), TimeSpan.FromMinutes(2)));
        Assert.True(until is null || Eventually.Is(until, TimeSpan.FromMinutes(2)));
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
    }

    private static void Set(TrainLogOptions options, string directory)
    {
        options.LogDirectory = directory;
        options.EnableConsoleLogging = false;
        options.MaxFileSize = 20_000;
        options.BackupCount = 10_000;
        options.CompressBackups = false;
        options.ShutdownTimeout = TimeSpan.FromMinutes(1);
    }

    private static string[] LinesOf(string directory)
    {
        using var reader = new LogReader(directory);
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(System.Text.Encoding.UTF8.GetString(reader.Current.Utf8Json));
        }

        return [.. lines];
    }
}
