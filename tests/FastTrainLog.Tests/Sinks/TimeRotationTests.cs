using System.Text;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

public sealed class TimeRotationTests : IDisposable
{
    private static readonly DateTime Day = new(2024, 1, 15, 0, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_record_behind_a_boundary_begins_a_new_file()
    {
        using (RollingFile file = Open(RotationInterval.Hourly))
        {
            Append(file, "8:00", Day.AddHours(8));
            Append(file, "8:59", Day.AddHours(9).AddTicks(-1));
            Append(file, "9:00", Day.AddHours(9));
            Append(file, "late, 8:59", Day.AddHours(9).AddTicks(-1));
            Append(file, "12:30", Day.AddHours(12.5));
        }

        Assert.Equal(["8:00", "8:59"], File.ReadLines(_directory["x.log.2"]));
        Assert.Equal(["9:00", "late, 8:59"], File.ReadLines(_directory["x.log.1"]));
        Assert.Equal(["12:30"], File.ReadLines(_directory["x.log"]));
        Assert.False(File.Exists(_directory["x.log.3"]));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public void A_file_that_an_earlier_run_left_belongs_to_the_time_of_its_last_line(int hours, bool isRotated)
    {
        File.WriteAllText(_directory["x.log"], "earlier\n");
        File.SetLastWriteTimeUtc(_directory["x.log"], Day.AddHours(hours));
        using (RollingFile file = Open(RotationInterval.Daily))
        {
            Append(file, "now", Day.AddHours(2));
        }

        Assert.Equal(isRotated ? ["now"] : ["earlier", "now"], File.ReadLines(_directory["x.log"]));
        Assert.Equal(isRotated, File.Exists(_directory["x.log.1"]));
    }

    [Theory]
    [InlineData("[2024-01-14 22:00:00] test - INFO - whole\n[2024-01-14 23:59:5", true)]
    [InlineData("[2024-01-14 22:00:00] test - INFO - whole\n[2024-01-14 23:59:59] test - INFO - cut sh", true)]
    [InlineData("[2024-01-14 22:00:00] test - ERROR - whole\n    System.Exception: text\n    at X\n", true)]
    [InlineData("{\"timestamp\":\"2024-01-14T23:59:59.9999999Z\",\"level\":\"INFO\"}\n{\"timestamp\":\"2024-01", true)]
    [InlineData("[2024-01-14 22:00:00] test - INFO - before\n[2024-01-15 00:00:01] test - INFO - cut sh", false)]
    [InlineData("{\"timestamp\":\"2024-01-15T00:00:00.0000000Z\",\"level\":\"INFO\"}\n", false)]
    public void The_time_of_the_last_line_counts_not_that_at_which_the_file_was_changed_last(string content, bool isRotated)
    {
        // As a recovery or a full disk leaves it: changed just now, its last line cut short or an older one.
        File.WriteAllText(_directory["x.log"], content);
        using (RollingFile file = Open(RotationInterval.Daily))
        {
            Append(file, "now", Day.AddHours(2));
        }

        Assert.Equal(isRotated, File.Exists(_directory["x.log.1"]));
        Assert.Equal("now", File.ReadLines(_directory["x.log"]).Last());
        Assert.Equal(isRotated, File.ReadLines(_directory["x.log"]).Count() == 1);
    }

    [Fact]
    public void The_last_line_is_found_behind_a_long_text_of_an_exception_and_else_the_time_of_the_last_change_counts()
    {
        File.WriteAllText(_directory["x.log"], "[2024-01-14 22:00:00] test - INFO - whole\n" + string.Concat(Enumerable.Repeat("    at X\n", 5000)));
        using (RollingFile file = Open(RotationInterval.Daily, maxSize: 0))
        {
            Append(file, "now", Day.AddHours(2));
        }

        Assert.Equal(["now"], File.ReadLines(_directory["x.log"]));
        File.WriteAllText(_directory["x.log"], string.Concat(Enumerable.Repeat("    at X\n", 50_000)));
        File.SetLastWriteTimeUtc(_directory["x.log"], Day.AddHours(-1));
        using (RollingFile file = Open(RotationInterval.Daily, maxSize: 0))
        {
            Append(file, "now", Day.AddHours(2));
        }

        Assert.Equal(["now"], File.ReadLines(_directory["x.log"]));
    }

    [Fact]
    public void Rotation_by_size_goes_on_within_the_time()
    {
        using (RollingFile file = Open(RotationInterval.Daily))
        {
            for (int i = 0; i < 5; i++)
            {
                Append(file, new string('x', 600), Day);
            }

            Append(file, "next day", Day.AddDays(1));
        }

        Assert.Equal(6, Directory.GetFiles(_directory.Path).Length);
        Assert.Equal(["next day"], File.ReadLines(_directory["x.log"]));
    }

    [Fact]
    public void Options_ask_for_it()
    {
        File.WriteAllText(_directory["main.log"], "earlier\n");
        File.SetLastWriteTimeUtc(_directory["main.log"], DateTime.UtcNow.AddDays(-2));
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.RotationInterval) = (_directory.Path, false, RotationInterval.Daily);
        }))
        {
            TestLog.Number(logging.GetLogger("test"), 1);
        }

        Assert.Equal("earlier\n", File.ReadAllText(_directory["main.log.1"]));
        Assert.EndsWith("number 1\n", File.ReadAllText(_directory["main.log"]), StringComparison.Ordinal);
    }

    private static void Append(RollingFile file, string line, DateTime time) => file.Append(Encoding.UTF8.GetBytes(line + "\n"), time.Ticks);

    private RollingFile Open(RotationInterval interval, long maxSize = 1000) => new(_directory["x.log"], maxSize, 10, new RotationClock(interval, TimeZoneInfo.Utc));
}
