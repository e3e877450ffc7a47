using System.Text;
using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tool.Tests;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>What all targets over HTTP have in common: secrets, and what a status means.</summary>
public sealed class HttpTests : IDisposable
{
    private const string Secret = "s3cr3t-of-the-test";

    private readonly LogDirectory _log = new();
    private readonly List<ShipNotice> _notices = [];

    public HttpTests() => _log.With("run.jsonl", Lines(0, 10));

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_secret_is_sent_and_is_nowhere_else()
    {
        int calls = 0;
        var seen = new List<string?>();
        using var receiver = new Receiver(request =>
        {
            seen.Add(request.Headers.GetValueOrDefault("Authorization"));
            return ++calls switch
            {
                1 => Receiver.Reply(401, $"no such token: {Secret}"),
                2 => Receiver.Reply(400, $"Authorization: Bearer {Secret} is not what is wrong"),
                _ => Receiver.Reply(400, $"{Secret} again"),
            };
        });
        HttpTargetOptions options = Receiver.Options(receiver);
        options.Secret = ShipSecret.From(static () => Secret);
        using var target = new LokiTarget(options);
        ShipCounters counters = ShipAll(_log.Path, target, Quick(_notices.Add));

        Assert.Equal(10, counters.Quarantined);
        Assert.All(seen, static header => Assert.Equal($"Bearer {Secret}", header));
        Assert.Contains(_notices, static notice => notice.Message.Contains("401", StringComparison.Ordinal));
        Assert.DoesNotContain(_notices, static notice => notice.Message.Contains(Secret, StringComparison.Ordinal));
        Assert.All(Directory.GetFiles(_log.Path), static file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret))));
        Assert.DoesNotContain(Secret, $"{options.Secret}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_comes_from_a_variable_or_from_the_file_that_a_variable_names()
    {
        File.WriteAllText(_log.PathOf("token"), Secret + "\n");
        var seen = new List<string?>();
        using var receiver = new Receiver(request =>
        {
            lock (seen)
            {
                seen.Add(request.Headers.GetValueOrDefault("Authorization"));
            }

            return Receiver.Reply(204);
        });
        using ToolProcess tool = ToolProcess.Start(
            new Dictionary<string, string> { ["FASTTRAINLOG_SHIP_LOKI_TOKEN_FILE"] = _log.PathOf("token"), ["FASTTRAINLOG_SHIP_LOKI_B_TOKEN"] = "other", ["FASTTRAINLOG_SHIP_LOKI_B_USER"] = "me" },
            "ship", _log.Path, "--to", $"loki={receiver.Address}", "--to", $"loki:b={receiver.Address}", "--once");
        Assert.True(tool.Wait() == 0, tool.Output + tool.Error);
        Assert.Equal([$"Basic {Convert.ToBase64String("me:other"u8)}", $"Bearer {Secret}"], seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("http://me:s3cr3t-of-the-test@localhost")]
    [InlineData("https://localhost/loki?api_key=s3cr3t-of-the-test")]
    [InlineData("https://localhost/loki#s3cr3t-of-the-test")]
    [InlineData("s3cr3t-of-the-test")]
    public void An_address_with_a_password_or_without_a_scheme_is_refused_without_repeating_it(string address)
    {
        Assert.DoesNotContain(Secret, Assert.Throws<ArgumentException>(() => new HttpTargetOptions(address)).Message, StringComparison.Ordinal);
        (int code, string output, string error) = ToolRun.Of("ship", _log.Path, "--to", $"loki={address}", "--once");
        Assert.Equal(1, code);
        Assert.DoesNotContain(Secret, output + error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_listens_and_the_records_stay()
    {
        using var receiver = new Receiver(static _ => Receiver.Reply(204));
        receiver.Kill();
        (int code, _, string error) = ToolRun.Of("ship", _log.Path, "--to", $"loki={receiver.Address}", "--once", "--give-up", "1");
        Assert.Equal(1, code);
        Assert.Contains("does not take records, which stay in the log", error, StringComparison.Ordinal);
        Assert.Contains("Not everything was shipped", error, StringComparison.Ordinal);
        receiver.Start();
        Assert.Equal(0, ToolRun.Of("ship", _log.Path, "--to", $"loki={receiver.Address}", "--once").Code);
        Assert.Equal(10, LogShipper.ReadStatus(_log.Path).Single().Counters.Sent);
    }
}
