using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FastTrainLog.Recovery;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tool.Tests.Launch;

/// <summary><c>fasttrainlog run</c>, over real processes.</summary>
public sealed class RunCommandTests : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    // Ends by itself at some time, for a test that fails and cannot end it.
    private const string Loop = "i=0; while [ $i -lt 5000 ]; do sleep 0.05; i=$((i+1)); done; exit 99";

    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Each_rank_gets_its_environment_and_its_output_is_shown_and_kept()
    {
        SkipOnWindows();
        using ToolProcess tool = Start("--ranks", "3", "--", "sh", "-c", "echo $RANK $LOCAL_RANK $WORLD_SIZE $MASTER_ADDR $MASTER_PORT $RUN_ID $RESTART_COUNT $FASTTRAINLOG_LOG_DIRECTORY; echo to error >&2; cat");
        Assert.True(tool.Wait() == 0, tool.Error);
        string[] lines = [.. tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
        Assert.Equal(3, lines.Length);
        string[][] words = [.. lines.Select(line => line.Split(' '))];
        for (int rank = 0; rank < 3; rank++)
        {
            string number = $"{rank}";
            Assert.Equal(["[rank", number + "]", number, number, "3", "127.0.0.1"], words[rank][..6]);
            Assert.Equal(["0", _log.Path], words[rank][8..]);
            string kept = File.ReadAllText(_log.PathOf(Path.Combine("launcher", $"rank-{rank}.log")));
            Assert.Contains($" - INFO - {string.Join(' ', words[rank][2..])}\n", kept);
            Assert.Contains(" - INFO - to error\n", kept);
            Assert.Contains($"[rank {rank}] to error\n", tool.Error);
        }

        Assert.Single(words.Select(word => word[6]).Distinct());
        Assert.Single(words.Select(word => word[7]).Distinct());
        Assert.Contains($"the ranks find each other at port {words[0][6]}", tool.Error);
        Assert.Equal(3, Events("process_started").Length);
        Assert.All(Events("process_completed"), end => Assert.Equal(0, end.GetProperty("exit_code").GetInt32()));
    }

    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 7", 7, null)]
    [InlineData("kill -9 $$", 137, "SIGKILL")]
    [InlineData("kill -ABRT $$", 134, "SIGABRT")]
    [InlineData("exit 143", 143, null)]
    public void The_exit_code_is_that_of_the_command_and_the_log_tells_a_code_from_a_signal(string script, int code, string? signal)
    {
        SkipOnWindows();
        using ToolProcess tool = Start("--", "sh", "-c", script);
        Assert.Equal(code, tool.Wait());
        JsonElement end = Assert.Single(Events(code == 0 ? "process_completed" : "process_failed"));
        Assert.Equal(signal, end.GetProperty("signal").GetString());
        Assert.Equal(signal is null ? $"{code}" : "null", end.GetProperty("exit_code").GetRawText());
        Assert.True(end.GetProperty("peak_memory_bytes").GetInt64() >= 0);
        Assert.Equal(code, Assert.Single(Events("launch_ended")).GetProperty("exit_code").GetInt32());
        Assert.Equal(code == 0, tool.Error.Length == 0);
    }

    [Fact]
    public void A_command_that_is_missing_or_no_program_is_named_with_the_codes_of_a_shell()
    {
        SkipOnWindows();
        using ToolProcess missing = Start("--ranks", "2", "--", "no-such-program-1797");
        Assert.Equal(127, missing.Wait());
        Assert.Contains("'no-such-program-1797'", missing.Error);
        string file = _log.PathOf("no-program");
        File.WriteAllText(file, "text");
        using ToolProcess refused = Start("--", file);
        Assert.Equal(126, refused.Wait());
        Assert.Contains(file, refused.Error);
    }

    [Fact]
    public void When_a_rank_fails_the_others_are_ended_and_its_code_is_returned()
    {
        SkipOnWindows();
        string ready = _log.PathOf("ready");
        using ToolProcess tool = Start("--ranks", "2", "--", "sh", "-c",
            $"if [ $RANK = 1 ]; then while [ ! -e {ready} ]; do sleep 0.05; done; exit 3; fi; trap 'echo was told; exit 0' TERM; touch {ready}; {Loop}");
        Assert.Equal(3, tool.Wait());
        Assert.Contains("[rank 0] was told", tool.Output);
        Assert.Contains("rank 1 ended with exit code 3, so the others are ended", tool.Error);
        Assert.Equal(1, Assert.Single(Events("rank_failed")).GetProperty("rank").GetInt32());
    }

    [Theory]
    [InlineData(Interrupt, "INT")]
    [InlineData(Terminate, "TERM")]
    public void A_signal_is_forwarded_once_to_every_rank_and_its_children(int signal, string name)
    {
        SkipOnWindows();
        Assert.SkipWhen(FastTrainLog.Tests.Shared.IgnoredSignals.Contains(signal), "The tests run where this signal is ignored, as in a shell's background, and so does every process that they start.");
        // The loop is a child of the rank's shell, as a program is of 'dotnet run'; it has the signal from the launcher, and the shell waits for it.
        string loop = $"trap \"echo child got {name}; exit 0\" {name}; touch {_log.PathOf("ready")}-$RANK; {Loop}";
        using ToolProcess tool = Start("--ranks", "2", "--", "sh", "-c", $"trap 'echo got {name}' {name}; sh -c '{loop}'; exit 5");
        Assert.True(Eventually.Is(() => File.Exists(_log.PathOf("ready-0")) && File.Exists(_log.PathOf("ready-1")), TimeSpan.FromMinutes(2)), tool.Error);
        Send(signal, tool.Id);
        Assert.Equal(5, tool.Wait());
        string[] lines = tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [$"[rank 0] child got {name}", $"[rank 0] got {name}", $"[rank 1] child got {name}", $"[rank 1] got {name}"],
            lines.Order(StringComparer.Ordinal));
        Assert.Equal("SIG" + name, Assert.Single(Events("signal_forwarded")).GetProperty("signal").GetString());
    }

    [Fact]
    public void Control_sequences_are_shown_as_they_are_and_kept_as_text()
    {
        SkipOnWindows();
        using ToolProcess tool = Start("--", "sh", "-c", @"printf '\033[31mred\033[0m\r\n\377 and no end of line'");
        Assert.Equal(0, tool.Wait());
        Assert.Contains("\e[31mred", tool.Output);
        string kept = File.ReadAllText(_log.PathOf(Path.Combine("launcher", "rank-0.log")));
        Assert.DoesNotContain('\e', kept);
        Assert.Contains(@" - INFO - \x1b[31mred\x1b[0m", kept);
        Assert.Contains("\ufffd and no end of line\n", kept);
    }

    [Fact]
    public void Output_of_any_length_is_kept_line_by_line()
    {
        SkipOnWindows();
        using ToolProcess tool = Start("--", "sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; head -c 100000 /dev/zero | tr '\\0' x");
        Assert.Equal(0, tool.Wait());
        string[] kept = [.. Directory.GetFiles(_log.PathOf("launcher"), "run.jsonl*").Where(file => !file.EndsWith(".gz", StringComparison.Ordinal)).SelectMany(File.ReadLines)
            .Select(line => JsonElement.Parse(line)).Where(line => line.GetProperty("logger").GetString() == "output.0").Select(line => line.GetProperty("properties").GetProperty("Line").GetString()!)];
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i}")), kept.Take(20_000));
        Assert.Equal(100_000, kept.Skip(20_000).Sum(part => part.Length));
        Assert.Equal(20_000, tool.Output.Split('\n').Count(line => line.StartsWith("line ", StringComparison.Ordinal)));
    }

    [Fact]
    public void After_a_failure_all_ranks_are_started_again_until_they_succeed()
    {
        SkipOnWindows();
        using ToolProcess tool = Start("--ranks", "2", "--restart", "on-failure:5", "--", "sh", "-c", "echo attempt $RESTART_COUNT of $RUN_ID; [ $RESTART_COUNT = 2 ] || exit 9");
        Assert.Equal(0, tool.Wait());
        Assert.Equal(2, Events("restart").Length);
        Assert.Contains("attempt 2", tool.Output);
        Assert.DoesNotContain("attempt 3", tool.Output);
        Assert.Single(tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]).Distinct());
    }

    [Fact]
    public void After_the_last_restart_the_failure_is_returned()
    {
        SkipOnWindows();
        using ToolProcess tool = Start("--restart", "on-failure:1", "--", "sh", "-c", "echo attempt; exit 9");
        Assert.Equal(9, tool.Wait());
        Assert.Equal("attempt\nattempt\n", tool.Output);
    }

    [Fact]
    public void A_port_that_is_in_use_is_named_and_another_one_is_given_to_the_ranks()
    {
        SkipOnWindows();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Any, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        using ToolProcess tool = Start(new Dictionary<string, string> { ["MASTER_PORT"] = $"{port}" }, "--ranks", "2", "--", "sh", "-c", "echo port $MASTER_PORT");
        Assert.Equal(0, tool.Wait());
        JsonElement conflict = Assert.Single(Events("port_conflict"));
        Assert.Equal(port, conflict.GetProperty("port").GetInt32());
        int used = conflict.GetProperty("used").GetInt32();
        Assert.Equal(2, tool.Output.Split('\n').Count(line => line.EndsWith($" port {used}", StringComparison.Ordinal)));
        Assert.Contains($"port {port} is in use, the ranks find each other at port {used} instead", tool.Error);
    }

    [Fact]
    public void What_a_killed_rank_had_logged_is_in_its_files_when_the_launcher_ends()
    {
        SkipOnWindows();
        const int Records = 5000;
        string child = Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Crash.Child.dll");
        using ToolProcess tool = Start(new Dictionary<string, string> { ["DOTNET_DbgEnableMiniDump"] = "0" }, "--", "dotnet", child, "fail-fast", _log.Path, _log.PathOf(".progress"), "0", "1", $"{Records}");
        Assert.Equal(134, tool.Wait());
        Assert.Equal("SIGABRT", Assert.Single(Events("process_failed")).GetProperty("signal").GetString());
        Assert.True(Assert.Single(Events("journal_recovered")).GetProperty("records").GetInt64() >= 0);
        Assert.Empty(JournalRecovery.FindPending(_log.Path));
        Assert.True(File.ReadLines(_log.PathOf("training_progress.log")).Count() >= Records);
    }

    [Fact]
    public void The_sample_logs_to_the_directory_that_the_launcher_was_given()
    {
        SkipOnWindows();
        using ToolProcess tool = Start("--", "dotnet", Path.Combine(AppContext.BaseDirectory, "DigitsTraining.dll"), "--epochs", "2");
        Assert.True(tool.Wait() == 0, tool.Error);
        Assert.Contains("test accuracy: ", tool.Output);
        Assert.Equal("completed", _log.Analyze().Run.Outcome);
        // The launcher's log does not take the names of the run's.
        Assert.Single(Directory.GetFiles(_log.Path, "run*.jsonl"));
    }

    [Fact]
    public async Task The_dashboard_answers_while_the_command_runs_and_ends_with_it()
    {
        SkipOnWindows();
        using ToolProcess tool = Start("--dashboard", "--", "sh", "-c", $"i=0; while [ ! -e {_log.PathOf("enough")} ] && [ $i -lt 5000 ]; do sleep 0.05; i=$((i+1)); done");
        Uri? address = null;
        Assert.True(
            Eventually.Is(
                () => System.Text.RegularExpressions.Regex.Match(tool.Error, @"fasttrainlog: (http://\S+) shows") is { Success: true } line && Uri.TryCreate(line.Groups[1].Value, UriKind.Absolute, out address),
                TimeSpan.FromMinutes(2)),
            tool.Error);
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(address, TestContext.Current.CancellationToken)).StatusCode);
        File.WriteAllText(_log.PathOf("enough"), string.Empty);
        Assert.Equal(0, tool.Wait());
        Assert.Empty(Events("dashboard_ended"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(address, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("--ranks 0 -- true", "--ranks is 0")]
    [InlineData("--ranks 5000 -- true", "1 to 1024")]
    [InlineData("--restart always -- true", "--restart is 'always'")]
    [InlineData("--restart on-failure:0 -- true", "on-failure:3")]
    [InlineData("--restart on-failure:", "on-failure:")]
    [InlineData("--rank 2 -- true", "did you mean '--ranks'")]
    [InlineData("", "Required argument")]
    public void A_wrong_command_line_is_explained_and_returns_2(string words, string expected)
    {
        (int code, _, string error) = ToolRun.Of(["run", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(2, code);
        Assert.Contains(words == "--restart on-failure:" ? "Required argument" : expected, error);
    }

    private ToolProcess Start(params string[] arguments) => Start([], arguments);

    private ToolProcess Start(Dictionary<string, string> environment, params string[] arguments) => ToolProcess.Start(environment, ["run", "--log-dir", _log.Path, .. arguments]);

    private JsonElement[] Events(string type) =>
        [.. File.ReadLines(_log.PathOf(Path.Combine("launcher", "run.jsonl"))).Select(line => JsonElement.Parse(line))
            .Where(line => line.GetProperty("event").GetString() == "SystemEvent" && line.GetProperty("logger").GetString() == "system").Select(line => line.GetProperty("properties"))
            .Where(properties => properties.GetProperty("EventType").GetString() == type).Select(properties => properties.GetProperty("Details"))];

    private static void Send(int signal, int process)
    {
        using var kill = System.Diagnostics.Process.Start("sh", ["-c", $"kill -{signal} {process}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has neither process groups nor signals.");
}
