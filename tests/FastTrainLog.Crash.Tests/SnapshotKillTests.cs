using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>What is left of a run's snapshot where its process is killed.</summary>
public sealed class SnapshotKillTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-snapshots-").FullName;

    public void Dispose() => KilledLogs.Delete(_directory);

    [Fact]
    public void A_kill_at_any_moment_leaves_a_snapshot_that_is_whole()
    {
        var random = new Random(3);
        for (int kill = 0; kill < 8; kill++)
        {
            string directory = Path.Combine(_directory, $"{kill}");
            string snapshot = Path.Combine(directory, "snapshots", "the-run-0.json");
            using Process child = Child.StartRun("forever", directory, environment: ("FASTTRAINLOG_SNAPSHOT_INTERVAL", "00:00:00.1"));
            try
            {
                long steps = 0;
                Assert.True(Eventually.Is(() => File.Exists(snapshot) && (steps = StepsIn(snapshot)) > 4, TimeSpan.FromMinutes(2)));
                child.WaitForExit(random.Next(0, 250));
                child.Kill();
                child.WaitForExit();
                Assert.InRange(StepsIn(snapshot), steps, long.MaxValue);
            }
            finally
            {
                child.Kill();
                child.WaitForExit();
            }
        }
    }

    [Fact]
    public void The_next_start_ends_the_snapshot_of_a_killed_run_and_keeps_what_it_holds()
    {
        string snapshot = Path.Combine(_directory, "snapshots", "the-run-0.json");
        using (Process child = Child.StartRun("forever", _directory, environment: ("FASTTRAINLOG_SNAPSHOT_INTERVAL", "00:00:00.1")))
        {
            try
            {
                Assert.True(Eventually.Is(() => File.Exists(snapshot) && StepsIn(snapshot) > 4, TimeSpan.FromMinutes(2)));
            }
            finally
            {
                child.Kill();
                child.WaitForExit();
            }
        }

        using JsonDocument before = JsonDocument.Parse(File.ReadAllBytes(snapshot));
        for (int start = 0; start < 2; start++)
        {
            TrainLogging.Create(options => (options.LogDirectory, options.EnableConsoleLogging) = (_directory, false)).Dispose();
            using JsonDocument after = JsonDocument.Parse(File.ReadAllBytes(snapshot));
            Assert.Equal("killed", after.RootElement.GetProperty("outcome").GetString());
            JsonElement end = after.RootElement.GetProperty("end");
            Assert.Equal("killed", end.GetProperty("outcome").GetString());
            Assert.Contains("ended without closing its log", end.GetProperty("reason").GetString(), StringComparison.Ordinal);
            Assert.True(end.GetProperty("duration").GetString() is { } duration && TimeSpan.Parse(duration, null) > TimeSpan.Zero);
            foreach (JsonProperty kept in before.RootElement.EnumerateObject().Where(property => property.Name is not ("outcome" or "end")))
            {
                Assert.Equal(kept.Value.GetRawText(), after.RootElement.GetProperty(kept.Name).GetRawText());
            }
        }

        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(snapshot)!, "*.tmp"));
    }

    private static long StepsIn(string snapshot)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(snapshot));
        Assert.Equal("running", json.RootElement.GetProperty("outcome").GetString());
        if (json.RootElement.GetProperty("training_progress") is not { ValueKind: JsonValueKind.Object } progress)
        {
            // Taken before the first step.
            return 0;
        }

        Assert.NotEqual(0, json.RootElement.GetProperty("series").GetProperty("loss").GetProperty("buckets").GetArrayLength());
        return progress.GetProperty("step").GetInt64();
    }
}
