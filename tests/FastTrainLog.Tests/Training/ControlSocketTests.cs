using System.Net.Sockets;
using System.Text;
using FastTrainLog.Control;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

/// <summary>The socket in the log directory, and everything that is sent to it.</summary>
public sealed class ControlSocketTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Fact]
    public void Only_the_user_can_read_and_write_the_socket_and_it_is_gone_after_the_run()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has pipes there.");
            return;
        }

        using var loop = new ControlledLoop();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketOf(loop)));
        Assert.Equal(SocketOf(loop), Assert.Single(loop.Events(TrainingEvents.ControlOpened)).GetProperty("properties").GetProperty("Address").GetString());
        loop.Run.End(success: true);
        Assert.Empty(Directory.GetFiles(loop.Directory, ControlListener.Prefix + "*"));
    }

    [Fact]
    public void A_directory_with_a_path_longer_than_a_sockets_has_one_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere such a directory has none.");
        using var parent = new TemporaryDirectory();
        string directory = Path.Combine(parent.Path, new string('a', 120), new string('ü', 100));
        using var loop = new ControlledLoop(directory);
        Assert.True(loop.Send(ControlCommand.Pause).Accepted);
        loop.WaitForState("paused");
    }

    [Fact]
    public void A_directory_that_cannot_have_a_socket_is_named_with_the_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's.");
        string message = Assert.ThrowsAny<Exception>(() => ControlListener.Open("/proc/self/task")).Message;
        Assert.Contains("/proc/self/task", message);
    }

    [Fact]
    public void A_log_without_a_directory_takes_no_commands_says_so_and_goes_on()
    {
        var sink = new CollectingSink();
        using TrainLogging logging = TestLog.Create(sink, o => o.LogDirectory = Path.Combine(Path.GetTempPath(), "ftl-never-made"));
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", EnableControl = true });
        Assert.False(run.Control.IsEnabled);
        Assert.True(run.Control.Continue(TestContext.Current.CancellationToken));
        Assert.True(logging.Flush());
        Assert.Contains(sink.Items, item => item.Message.Contains("The run takes no commands") && item.Message.Contains("ftl-never-made"));
    }

    [Fact]
    public void What_a_killed_process_left_is_deleted_and_what_a_live_one_has_is_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has pipes there.");
        using var live = new ControlledLoop();
        string stale = Path.Combine(live.Directory, ControlListener.Prefix + "0123456789");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(stale));
            // As after a kill, the name stays: the socket would delete it.
            File.Move(stale, stale + "x");
        }

        File.Move(stale + "x", stale);
        File.WriteAllText(Path.Combine(live.Directory, ControlListener.Prefix + "mine"), "a user's own file");
        Assert.Single(ControlledLoop.FindAll(live.Directory));
        using var next = new ControlledLoop(live.Directory);
        Assert.False(File.Exists(stale));
        Assert.True(File.Exists(Path.Combine(live.Directory, ControlListener.Prefix + "mine")));
        Assert.Equal(2, ControlledLoop.FindAll(live.Directory).Count);
    }

    [Fact]
    public void Runs_and_ranks_that_share_a_directory_are_steered_each_for_itself()
    {
        using var directory = new TemporaryDirectory();
        var options = new TrainingRunOptions { Model = "model", RunId = "shared", WorldSize = 2 };
        using var first = new ControlledLoop(directory.Path, options);
        using var second = new ControlledLoop(directory.Path, options with { Rank = 1 });
        using var other = new ControlledLoop(directory.Path, options with { RunId = "other", WorldSize = 1 });
        IReadOnlyList<ControlledRun> found = ControlledLoop.FindAll(directory.Path);
        Assert.Equal([("other", 0), ("shared", 0), ("shared", 1)], found.Select(run => (run.Status.RunId, run.Status.Rank)));
        Assert.True(ControlledLoop.Send(found[2], ControlCommand.Stop).Accepted);
        second.Join();
        Assert.Equal(["running", "running", "stopped"], ControlledLoop.FindAll(directory.Path).Select(run => run.Status.State));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("pause")]
    [InlineData("[1,2]")]
    [InlineData("{\"action\":\"explode\"}")]
    [InlineData("{\"action\":\"set\"}")]
    [InlineData("{\"action\":\"set\",\"name\":\"learning_rate\"}")]
    [InlineData("{\"action\":\"set\",\"name\":\"learning_rate\",\"value\":\"NaN\"}")]
    [InlineData("{\"action\":\"set\",\"name\":\"learning_rate\",\"value\":1e999}")]
    [InlineData("{\"action\":\"note\"}")]
    [InlineData("{\"action\":{\"action\":\"pause\"}}")]
    [InlineData("{\"action\":\"pause\"")]
    [InlineData("\u0000\u0001\u0002")]
    public void What_is_no_command_is_answered_with_the_reason_and_changes_nothing(string frame)
    {
        using var loop = new ControlledLoop();
        string answer = Exchange(loop, Encoding.UTF8.GetBytes(frame + "\n"));
        Assert.StartsWith("{\"accepted\":false,\"message\":\"", answer);
        Assert.Equal("running", loop.Find().Status.State);
        Assert.Single(loop.Events(TrainingEvents.ControlRefused));
    }

    [Fact]
    public void A_command_that_is_too_long_is_refused_before_it_is_read_to_its_end()
    {
        using var loop = new ControlledLoop();
        using Socket client = Connect(loop);
        byte[] part = Encoding.UTF8.GetBytes(new string('x', 64 * 1024));
        Assert.Throws<SocketException>(() =>
        {
            // 64 MiB, far more than the system holds for a reader that does not read.
            for (int i = 0; i < 1024; i++)
            {
                client.Send(part);
            }
        });
        Assert.Equal("running", loop.Find().Status.State);
    }

    [Fact]
    public void Frames_of_chance_do_no_harm()
    {
        using var loop = new ControlledLoop();
        var chance = new Random(17);
        byte[] command = Encoding.UTF8.GetBytes("{\"action\":\"set\",\"name\":\"learning_rate\",\"value\":0.5,\"source\":\"test\"}\n");
        for (int i = 0; i < 300; i++)
        {
            byte[] frame = [.. command];
            for (int change = chance.Next(4); change >= 0; change--)
            {
                frame[chance.Next(frame.Length)] = (byte)chance.Next(256);
            }

            using Socket client = Connect(loop);
            client.Send(frame.AsSpan(0, chance.Next(2) == 0 ? frame.Length : chance.Next(frame.Length)));
            client.Shutdown(SocketShutdown.Send);
            if (chance.Next(2) == 0)
            {
                ReadToEnd(client);
            }
        }

        long step = loop.Step;
        ControlledLoop.WaitFor(() => loop.Step > step);
        Assert.True(loop.Send(ControlCommand.Stop).Accepted);
        loop.Join();
    }

    [Fact]
    public void Clients_that_send_nothing_are_left_and_others_are_answered_while_the_loop_goes_on()
    {
        using var loop = new ControlledLoop();
        Socket[] silent = [.. Enumerable.Range(0, 2 * ControlServer.MostClients).Select(_ => Connect(loop))];
        long step = loop.Step;
        ControlledLoop.WaitFor(() => loop.Step > step);
        Assert.True(loop.Send(ControlCommand.Pause).Accepted);
        Array.ForEach(silent, client =>
        {
            Assert.Empty(ReadToEnd(client));
            client.Dispose();
        });
    }

    [Fact]
    public async Task A_hundred_clients_at_once_are_all_answered()
    {
        using var loop = new ControlledLoop();
        ControlledRun run = loop.Find();
        ControlReply[] replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => run.SendAsync(ControlCommand.Note($"note {i}"), TestContext.Current.CancellationToken))).WaitAsync(Longest, TestContext.Current.CancellationToken);
        Assert.All(replies, reply => Assert.True(reply.Accepted));
        Assert.Equal(100, loop.Events(TrainingEvents.ControlCommand).Length);
    }

    private static string SocketOf(ControlledLoop loop) => Directory.GetFiles(loop.Directory, ControlListener.Prefix + "*").Single();

    private static Socket Connect(ControlledLoop loop)
    {
        string path = SocketOf(loop);
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)Longest.TotalMilliseconds };
        client.Connect(new UnixDomainSocketEndPoint(path));
        return client;
    }

    private static string Exchange(ControlledLoop loop, byte[] frame)
    {
        using Socket client = Connect(loop);
        client.Send(frame);
        return Encoding.UTF8.GetString(ReadToEnd(client));
    }

    private static byte[] ReadToEnd(Socket client)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        try
        {
            while (client.Receive(buffer) is > 0 and int count)
            {
                all.Write(buffer, 0, count);
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It was left with something unread.
        }

        return all.ToArray();
    }
}
