using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>One test at a time, and each with methods of its own: a method's calls are counted for the process.</summary>
[CollectionDefinition(nameof(SamplingTests), DisableParallelization = true)]
[Collection(nameof(SamplingTests))]
public sealed class SamplingTests
{
    [Fact]
    public void A_method_of_which_every_call_is_logged_counts_none()
    {
        using var run = new LoggedRun();
        SampledMessages.All(run.Logger, 1);
        SampledMessages.All(run.Logger, 2);
        Assert.Equal(["""{"Step":1}""", """{"Step":2}"""], run.Read().Select(static line => line.GetProperty("properties").GetRawText()));
    }

    [Fact]
    public void Every_tenth_call_is_logged_with_the_count_of_those_before_it()
    {
        using var run = new LoggedRun();
        for (int step = 1; step <= 21; step++)
        {
            SampledMessages.Every(run.Logger, step);
        }

        Assert.Equal([(1, 0), (11, 9), (21, 9)], run.Read().Select(Counted));
    }

    [Fact]
    public void The_first_calls_are_logged_before_sampling_begins()
    {
        using var run = new LoggedRun();
        for (int step = 1; step <= 13; step++)
        {
            SampledMessages.FirstThenEvery(run.Logger, step);
        }

        Assert.Equal([(1, 0), (2, 0), (3, 0), (8, 4), (13, 4)], run.Read().Select(Counted));
        Assert.Equal("Step 13, 4 before", run.Read()[^1].GetProperty("message").GetString());
    }

    [Fact]
    public void A_method_falls_silent_after_its_first_calls_and_the_end_of_the_log_says_how_many_there_were_more()
    {
        var lines = new List<JsonElement>();
        using (var run = new LoggedRun())
        {
            for (int step = 1; step <= 100; step++)
            {
                SampledMessages.First(run.Logger, step);
            }

            Assert.Equal([(1, 0), (2, 0)], run.Read().Select(Counted));
            run.Logging.Dispose();
            lines.AddRange(run.ReadAfterEnd());
        }

        Assert.Equal(3, lines.Count);
        Assert.Equal("98 calls of First were suppressed after its last record", lines[2].GetProperty("message").GetString());
        Assert.Equal(("WARNING", LogCategories.Main), (lines[2].GetProperty("level").GetString(), lines[2].GetProperty("logger").GetString()));
    }

    [Fact]
    public void No_second_has_more_records_than_the_rate_limit_and_nothing_is_lost_from_the_counts()
    {
        const int Calls = 200_000;
        using var run = new LoggedRun();
        for (int step = 1; step <= Calls; step++)
        {
            SampledMessages.Rate(run.Logger, step);
        }

        run.Logging.Dispose();
        List<JsonElement> lines = run.ReadAfterEnd();
        List<JsonElement> passed = [.. lines.Where(static line => line.GetProperty("event").GetString() == "Rate")];
        Assert.InRange(passed.Count, 2, 2 + (2 * (int)(passed[^1].GetProperty("timestamp").GetDateTime() - passed[0].GetProperty("timestamp").GetDateTime() + TimeSpan.FromSeconds(1)).TotalSeconds));
        Assert.Equal(Calls, passed.Count + passed.Sum(static line => Suppressed(line)) + Left(lines));
    }

    [Fact]
    public void Calls_below_the_loggers_level_are_not_counted()
    {
        using var run = new LoggedRun();
        SampledMessages.Quiet(run.Logger, 1);
        run.Logger.MinimumLevel = LogLevel.Debug;
        SampledMessages.Quiet(run.Logger, 2);
        SampledMessages.Quiet(run.Logger, 3);
        SampledMessages.Quiet(run.Logger, 4);
        Assert.Equal([(2, 0), (4, 1)], run.Read().Select(Counted));
    }

    [Fact]
    public void Calls_of_many_threads_are_sampled_together_and_all_accounted_for()
    {
        const int Threads = 8;
        const int Calls = 10_000;
        using var run = new LoggedRun();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int step = 1; step <= Calls; step++)
            {
                SampledMessages.Threads(run.Logger, step);
            }
        }))];
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());
        run.Logging.Dispose();

        List<JsonElement> lines = run.ReadAfterEnd();
        JsonElement[] passed = [.. lines.Where(static line => line.GetProperty("event").GetString() == "Threads")];
        Assert.Equal(((Threads * Calls) + 6) / 7, passed.Length);
        Assert.Equal(Threads * Calls, passed.Length + passed.Sum(static line => Suppressed(line)) + Left(lines));
    }

    [Fact]
    public void A_foreign_logger_receives_the_sampled_calls_with_their_count_and_the_rest_when_asked()
    {
        var foreign = new CapturingLogger();
        for (int step = 1; step <= 15; step++)
        {
            SampledMessages.Foreign(foreign, step);
        }

        Assert.Equal(["Step 1", "Step 11"], foreign.Calls.Select(static c => c.Message));
        Assert.Equal([new("Step", 11), new("Suppressed", 9L), new("{OriginalFormat}", "Step {Step}")], foreign.Calls[1].State);

        SuppressedCalls.Report();
        SuppressedCalls.Report();
        Assert.Equal(3, foreign.Calls.Count);
        Assert.Equal((LogLevel.Information, "4 calls of Foreign were suppressed after its last record"), (foreign.Calls[2].Level, foreign.Calls[2].Message));

        for (int step = 16; step <= 21; step++)
        {
            SampledMessages.Foreign(foreign, step);
        }

        Assert.Equal(new("Suppressed", 5L), foreign.Calls[3].State[1]);
    }

    [Fact]
    public void The_end_of_another_log_does_not_report_what_this_one_has_yet_to_tell()
    {
        using var run = new LoggedRun();
        for (int step = 1; step <= 5; step++)
        {
            SampledMessages.Ending(run.Logger, step);
        }

        using (var other = new LoggedRun())
        {
            other.Logging.Dispose();
            Assert.Empty(other.ReadAfterEnd());
        }

        run.Logging.Dispose();
        Assert.Equal("4 calls of Ending were suppressed after its last record", run.ReadAfterEnd()[^1].GetProperty("message").GetString());
    }

    private static (int Step, int Suppressed) Counted(JsonElement line) => (line.GetProperty("properties").GetProperty("Step").GetInt32(), (int)Suppressed(line));

    private static long Suppressed(JsonElement line) => line.GetProperty("properties").GetProperty("Suppressed").GetInt64();

    private static long Left(List<JsonElement> lines) =>
        lines.Where(static line => line.GetProperty("event_id").GetInt32() == 9008).Sum(static line => line.GetProperty("properties").GetProperty("Count").GetInt64());
}
