using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A real process logs to a real file system that loses power, hangs and fails.</summary>
public sealed class TroubledDiskTests(TroubledDiskProgram program) : IClassFixture<TroubledDiskProgram>
{
    private const int Records = 4000;

    // A sync may come in the middle of a write.
    private const int AnyLines = int.MaxValue;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_loss_of_power_what_was_logged_before_a_sync_is_there_once_and_the_log_goes_on(bool compresses)
    {
        using var disk = new TroubledDisk(program);
        using (Child child = Start(disk, "wait", long.MaxValue, compresses, ("FASTTRAINLOG_SYNC_INTERVAL", "00:00:00.100"), ("FASTTRAINLOG_MAX_FILE_SIZE", "65536")))
        {
            Assert.True(Eventually.Is(() => child.Returned()[0] > Records, Longest));
            long returned = child.Returned()[0];
            // In the next intervals.
            Assert.True(Eventually.Is(() => disk.WouldKeep(logs => Array.TrueForAll(Read(logs), numbers => HasAllBefore(returned, numbers))), Longest));
            disk.LosePower(child.Process);
            Assert.Empty(LogFiles.Recover(disk.Logs));
            Assert.All(Read(disk.Logs), numbers =>
            {
                Assert.True(HasAllBefore(returned, numbers));
                Assert.Equal(numbers.Distinct().Order(), numbers);
            });
        }

        AssertGoesOn(disk);
    }

    [Fact]
    public void After_a_loss_of_power_a_critical_record_is_there_with_those_before_it()
    {
        using var disk = new TroubledDisk(program);
        using (Child child = Start(disk, "critical", Records, false, ("FASTTRAINLOG_SYNC_INTERVAL", "12:00:00")))
        {
            Assert.True(Eventually.Is(() => disk.WouldKeep(HasCritical), Longest));
            disk.LosePower(child.Process);
        }

        Assert.Empty(LogFiles.Recover(disk.Logs));
        Assert.True(HasCritical(disk.Logs));
        // The critical one has no number.
        LogFiles.AssertComplete(disk.Logs, [(0, [Records])], cutLines: 1);
        AssertGoesOn(disk);
    }

    [Fact]
    public void Without_syncs_a_loss_of_power_takes_what_was_logged_and_the_next_log_goes_on()
    {
        using var disk = new TroubledDisk(program);
        using (Child child = Start(disk, "wait", Records, false))
        {
            Assert.Equal("ready", child.Process.StandardOutput.ReadLine());
            disk.LosePower(child.Process);
        }

        // Else the file system would not forget, and the other tests show nothing.
        Assert.All(Read(disk.Logs), numbers => Assert.InRange(numbers.Count, 0, Records - 1));
        Assert.Empty(LogFiles.Recover(disk.Logs));
        AssertGoesOn(disk);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("5")] // EIO
    [InlineData("28")] // ENOSPC
    public void While_it_hangs_or_fails_the_program_goes_on_and_nothing_is_lost(string trouble)
    {
        using var disk = new TroubledDisk(program);
        using Child child = Start(disk, "steady", Records, false);
        Assert.True(Eventually.Is(() => child.Returned()[0] > Records / 8, Longest));
        using (disk.Begin(trouble))
        {
            Assert.True(Eventually.Is(() => child.Returned()[0] > Records / 2, Longest));
        }

        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
        Assert.Equal(Records, child.Returned()[0]);
        LogFiles.AssertComplete(disk.Logs, [(0, child.Returned())]);
        Assert.Empty(LogFiles.Recover(disk.Logs));
    }

    [Fact]
    public async Task While_it_hangs_the_log_is_disposed_in_its_time_and_the_next_start_has_the_rest()
    {
        using var disk = new TroubledDisk(program);
        using Child child = Start(disk, "dispose", Records, false, ("FASTTRAINLOG_SHUTDOWN_TIMEOUT", "00:00:03"));
        Assert.True(Eventually.Is(() => child.Returned()[0] > Records / 8, Longest));
        using (disk.Begin("hang"))
        {
            CancellationToken cancelled = TestContext.Current.CancellationToken;
            Assert.Equal("disposed", await child.Process.StandardOutput.ReadLineAsync(cancelled).AsTask().WaitAsync(Longest, cancelled));
            Assert.Equal(Records, child.Returned()[0]);
            // A kernel may end no process in which a thread waits for a file system.
        }

        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
        Assert.Empty(Assert.Single(LogFiles.Recover(disk.Logs)).Problems);
        LogFiles.AssertComplete(disk.Logs, [(0, child.Returned())]);
    }

    [Fact]
    public void No_journal_is_mapped_from_it()
    {
        using var disk = new TroubledDisk(program);
        // Without shared memory the log directory is the only place that is left.
        using Child child = Child.Start(
            "return", disk.Logs, 0, threads: 1, Records, mounts: "mount -t tmpfs -o ro tmpfs /dev/shm", progressFolder: disk.Root, environment: ("XDG_RUNTIME_DIR", string.Empty));
        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
        LogFiles.AssertComplete(disk.Logs, [(0, child.Returned())]);
        Assert.Contains(
            "There is no journal, so a killed process will lose what is not written yet: ", Assert.Single(File.ReadLines(Path.Combine(disk.Logs, "system.log")), line => line.Contains(disk.Logs + " is on a file system from which memory cannot be mapped safely", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static Child Start(TroubledDisk disk, string end, long records, bool compresses, params (string, string)[] environment) =>
        Child.Start(end, disk.Logs, 0, threads: 1, records, compresses: compresses, progressFolder: disk.Root, environment: environment);

    private static void AssertGoesOn(TroubledDisk disk)
    {
        using Child next = Child.Start("return", disk.Logs, 1, threads: 1, Records, progressFolder: disk.Root);
        Assert.True(next.Process.WaitForExit(Longest));
        LogFiles.AssertComplete(disk.Logs, [(1, next.Returned())], AnyLines);
        Assert.Equal(Records, next.Returned()[0]);
    }

    // The numbers in the text and in the JSON lines.
    private static List<long>[] Read(string logs) =>
        [LogFiles.ReadText(logs, AnyLines).GetValueOrDefault((0, 0)) ?? [], LogFiles.ReadJson(logs, AnyLines).GetValueOrDefault((0, 0)) ?? []];

    private static bool HasAllBefore(long count, List<long> numbers) => numbers.Where(number => number < count).Distinct().Count() == count;

    private static bool HasCritical(string logs) =>
        File.Exists(Path.Combine(logs, "run.jsonl")) && File.ReadLines(Path.Combine(logs, "run.jsonl")).Any(line => line.Contains("\"Critical\"", StringComparison.Ordinal));
}
