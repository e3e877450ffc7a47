using FastTrainLog.Files;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

/// <summary><see cref="TrainLogOptions.FileMode"/>: who may read a log is decided before its first byte is written.</summary>
public sealed class FileModeTests : IDisposable
{
    private const UnixFileMode GroupReads = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    // More than the usual mask lets through.
    private const UnixFileMode AllWrite = GroupReads | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly TemporaryDirectory _directory = new();

    public FileModeTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such permissions.");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(GroupReads)]
    [InlineData(AllWrite)]
    public void Every_file_with_logged_data_has_the_permissions_whatever_became_of_it(UnixFileMode mode)
    {
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.FileMode) = (_directory.Path, false, mode);
            (o.MaxFileSize, o.CompressBackups, o.ShutdownTimeout) = (20_000, true, TimeSpan.FromMinutes(5));
        }))
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", TotalSteps = 1000, BatchSize = 1, RunId = "r" });
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int i = 0; i < 2000; i++)
            {
                logger.LogInformation("record {Number}", i);
            }

            Assert.True(logging.Flush(TimeSpan.FromMinutes(5)));
            Assert.True(Eventually.Is(() => Directory.GetFiles(_directory.Path, "*.gz").Length > 0 && Directory.GetFiles(_directory.Path, "*.gz.tmp").Length == 0, TimeSpan.FromMinutes(5)));
            run.End(success: true);
        }

        string[] files = [.. Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith(".fasttrainlog", StringComparison.Ordinal))];
        Assert.Contains(files, file => file.EndsWith(".gz", StringComparison.Ordinal));
        Assert.Contains(files, file => file.Contains("snapshots", StringComparison.Ordinal));
        Assert.Contains(files, file => file.Contains(".fasttrainlog.runs", StringComparison.Ordinal));
        Assert.All(files, file => Assert.Equal((file, mode), (file, ModeOf(file))));
    }

    [Fact]
    public void A_file_that_was_there_keeps_its_permissions_and_a_compression_under_way_is_closed_to_others()
    {
        string path = _directory["x.log"];
        File.WriteAllText(path, "a line\n");
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (FileSystem.OpenLog(path, GroupReads))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(path));
        }

        var rotated = new RotatedFiles(path, 5);
        rotated.Add();
        rotated.Settle();
        using FileStream plain = rotated.BeginCompression()!;
        using (FileSystem.CreateClosed(rotated.TemporaryPath, FileShare.Read | FileShare.Delete))
        {
            // Closed to others as long as it is not complete.
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(rotated.TemporaryPath));
        }

        rotated.EndCompression(isWhole: true);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
