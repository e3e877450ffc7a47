using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Servers that answer something else, by halves, slowly or never, and what they can learn.</summary>
public sealed class HostileServerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly LogDirectory _log = new();
    private readonly List<ShipNotice> _notices = [];

    public HostileServerTests() => _log.With("run.jsonl", Lines(0, 10));

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", true)]
    [InlineData("", false)]
    public async Task An_answer_that_does_not_end_is_given_up_and_the_batch_is_sent_again(string beginning, bool goesOn)
    {
        using var ended = new ManualResetEventSlim();
        int calls = 0;
        using var receiver = new Receiver(static _ => Receiver.Reply(204))
        {
            Raw = (_, stream) => Interlocked.Increment(ref calls) == 1 && NeverEnd(stream, beginning, goesOn, ended),
        };
        HttpTargetOptions options = Receiver.Options(receiver);
        options.Timeout = TimeSpan.FromSeconds(1);
        using var target = new LokiTarget(options);
        try
        {
            Task<ShipCounters> shipping = Task.Run(() => ShipAll(_log.Path, target), TestContext.Current.CancellationToken);
            ShipCounters counters = await shipping.WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.Equal(10, counters.Sent);
            // More than once, if the machine needs more than a second for the answer.
            Assert.True(counters.Retried >= 10);
        }
        finally
        {
            ended.Set();
        }
    }

    [Fact]
    public async Task A_shipper_stops_in_the_middle_of_an_answer_that_does_not_end()
    {
        using var ended = new ManualResetEventSlim();
        using var began = new ManualResetEventSlim();
        using var receiver = new Receiver(static _ => Receiver.Reply(204))
        {
            Raw = (_, stream) =>
            {
                stream.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"u8);
                stream.Flush();
                began.Set();
                return NeverEnd(stream, "", false, ended);
            },
        };
        HttpTargetOptions options = Receiver.Options(receiver);
        options.Timeout = TimeSpan.FromHours(1);
        using var target = new LokiTarget(options);
        var shipper = new LogShipper(_log.Path, target, Quick());
        shipper.Start();
        try
        {
            Assert.True(began.Wait(Patience, TestContext.Current.CancellationToken));
            Assert.False(await Task.Run(() => shipper.Stop(TimeSpan.Zero), TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken));
            shipper.Dispose();
        }
        finally
        {
            ended.Set();
        }
    }

    [Theory]
    [InlineData("loki")]
    [InlineData("otlp")]
    [InlineData("elastic")]
    [InlineData("splunk")]
    public void A_web_page_is_nobody_that_has_taken_the_records(string kind)
    {
        using var receiver = new Receiver(static _ => Receiver.Reply(204))
        {
            Raw = static (_, stream) => Write(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 20\r\n\r\n<html>Sign in</html>"),
        };
        using IShipTarget target = TargetOf(kind, receiver);
        ShipAnswer answer = AnswerOf(target);
        Assert.Equal((ShipOutcome.Retry, true), (answer[0].Outcome, answer.IsLasting));
        Assert.Contains("web page", answer[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public void A_redirection_is_not_followed_and_is_told(int status)
    {
        using var elsewhere = new Receiver(static _ => Receiver.Reply(204));
        using var receiver = new Receiver(static _ => Receiver.Reply(204))
        {
            Raw = (_, stream) => Write(stream, $"HTTP/1.1 {status} X\r\nLocation: {elsewhere.Address}/loki/api/v1/push?a=1\r\nContent-Length: 0\r\n\r\n"),
        };
        using IShipTarget target = TargetOf("loki", receiver);
        ShipAnswer answer = AnswerOf(target);
        Assert.Equal((ShipOutcome.Retry, true), (answer[0].Outcome, answer.IsLasting));
        Assert.Contains($"{elsewhere.Address}/loki/api/v1/push", answer[0].Reason, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Requests);
    }

    // Only what a record can be to blame for quarantines records.
    [Theory]
    [InlineData(400, ShipOutcome.Reject, false)]
    [InlineData(401, ShipOutcome.Retry, true)]
    [InlineData(402, ShipOutcome.Retry, true)]
    [InlineData(403, ShipOutcome.Retry, true)]
    [InlineData(404, ShipOutcome.Retry, true)]
    [InlineData(405, ShipOutcome.Retry, true)]
    [InlineData(406, ShipOutcome.Retry, true)]
    [InlineData(407, ShipOutcome.Retry, true)]
    [InlineData(408, ShipOutcome.Retry, false)]
    [InlineData(409, ShipOutcome.Retry, true)]
    [InlineData(410, ShipOutcome.Retry, true)]
    [InlineData(411, ShipOutcome.Retry, true)]
    [InlineData(413, ShipOutcome.Reject, false)]
    [InlineData(414, ShipOutcome.Retry, true)]
    [InlineData(415, ShipOutcome.Retry, true)]
    [InlineData(418, ShipOutcome.Retry, true)]
    [InlineData(422, ShipOutcome.Reject, false)]
    [InlineData(425, ShipOutcome.Retry, false)]
    [InlineData(429, ShipOutcome.Retry, false)]
    [InlineData(431, ShipOutcome.Retry, true)]
    [InlineData(500, ShipOutcome.Retry, false)]
    [InlineData(501, ShipOutcome.Retry, false)]
    [InlineData(503, ShipOutcome.Retry, false)]
    [InlineData(599, ShipOutcome.Retry, false)]
    public void What_becomes_of_a_batch_is_said_by_the_status(int status, object outcome, bool isLasting)
    {
        using var receiver = new Receiver(_ => Receiver.Reply(status, "no"));
        foreach (string kind in (string[])["loki", "otlp", "elastic", "splunk"])
        {
            using IShipTarget target = TargetOf(kind, receiver);
            ShipAnswer answer = AnswerOf(target);
            Assert.Equal((outcome, isLasting), (answer[0].Outcome, answer.IsLasting));
        }
    }

    [Theory]
    [InlineData("7", 7.0)]
    [InlineData("0", 0.0)]
    [InlineData("-5", null)]
    [InlineData("1.5", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("2147483647", 2147483647.0)]
    [InlineData("soon", null)]
    [InlineData("Tue, 01 Dec 2026 12:01:00 GMT", 60.0)]
    [InlineData("Tue, 01 Dec 2020 12:01:00 GMT", null)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 251606174399.0)]
    public void What_a_busy_server_asks_for_is_understood_or_ignored(string after, double? seconds)
    {
        using var receiver = new Receiver(static _ => Receiver.Reply(204))
        {
            Raw = (_, stream) => Write(stream, $"HTTP/1.1 429 X\r\nDate: Tue, 01 Dec 2026 12:00:00 GMT\r\nRetry-After: {after}\r\nContent-Length: 0\r\n\r\n"),
        };
        using IShipTarget target = TargetOf("loki", receiver);
        ShipAnswer answer = AnswerOf(target);
        Assert.Equal((ShipOutcome.Retry, seconds), (answer[0].Outcome, answer.After?.TotalSeconds));
        Assert.InRange(new RetryPause(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)).Next(answer), TimeSpan.Zero, TimeSpan.FromMinutes(11));
    }

    [Fact]
    public void A_certificate_that_nobody_vouches_for_gets_no_token_and_is_told()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 own = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        long received = 0;
        new Thread(() =>
        {
            try
            {
                while (true)
                {
                    using TcpClient client = listener.AcceptTcpClient();
                    using var tls = new SslStream(client.GetStream());
                    tls.AuthenticateAsServer(certificate);
                    Interlocked.Add(ref received, tls.Read(new byte[1000]));
                }
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException or SocketException or CryptographicException or InvalidOperationException)
            {
                // Refused, or the test has ended.
            }
        }) { IsBackground = true }.Start();
        using var target = new LokiTarget(new HttpTargetOptions($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}") { Secret = ShipSecret.From(static () => "secret") });
        using (var shipper = new LogShipper(_log.Path, target, Quick(_notices.Add)))
        {
            shipper.Start();
            Assert.True(Eventually.Is(() => shipper.GetStatus().Problem is not null, Patience));
            Assert.Equal(0, shipper.Counters.Sent);
        }

        Assert.Equal(0, Interlocked.Read(ref received));
        Assert.Contains(_notices, static notice => notice.Message.Contains("certificate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("me")]
    public void A_secret_that_a_server_repeats_in_another_form_is_in_no_message_and_no_file(string? user)
    {
        const string Secret = "p+ss/w\"ö=rd&<7>";
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Secret}"));
        string[] forms = [Secret, Uri.EscapeDataString(Secret), WebUtility.HtmlEncode(Secret), System.Text.Json.JsonEncodedText.Encode(Secret).Value, basic];
        int calls = 0;
        using var receiver = new Receiver(_ => Receiver.Reply(calls++ == 0 ? 403 : 400, $"you sent {string.Join(" or ", forms)}"));
        HttpTargetOptions options = Receiver.Options(receiver);
        (options.User, options.Secret) = (user ?? "x", ShipSecret.From(static () => Secret));
        forms[4] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{Secret}"));
        using var target = new LokiTarget(options);
        Assert.Equal(10, ShipAll(_log.Path, target, Quick(_notices.Add)).Quarantined);

        string seen = string.Concat(_notices.Select(static notice => notice.Message)) + string.Concat(Directory.GetFiles(_log.Path).Select(static file => Encoding.UTF8.GetString(File.ReadAllBytes(file))));
        Assert.Contains("you sent (secret)", seen, StringComparison.Ordinal);
        Assert.All(forms, form => Assert.DoesNotContain(form, seen, StringComparison.Ordinal));
        string[] quarantined = [.. File.ReadLines(_log.PathOf(".fasttrainlog.ship.loki.rejected.jsonl")).Select(static line => System.Text.Json.JsonElement.Parse(line).GetProperty("reason").GetString()!)];
        Assert.All(forms, form => Assert.All(quarantined, reason => Assert.DoesNotContain(form, reason, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("two\r\nX-Other: lines")]
    [InlineData("schlüssel")]
    [InlineData("nul\0")]
    public void A_secret_that_cannot_be_sent_is_told_without_it(string secret)
    {
        using var receiver = new Receiver(static _ => Receiver.Reply(204));
        HttpTargetOptions options = Receiver.Options(receiver);
        options.Secret = ShipSecret.From(() => secret);
        using var target = new LokiTarget(options);
        using (var shipper = new LogShipper(_log.Path, target, Quick(_notices.Add)))
        {
            shipper.Start();
            Assert.True(Eventually.Is(() => shipper.GetStatus().Problem is not null, Patience));
            Assert.Equal(0, shipper.Counters.Sent);
        }

        Assert.NotEmpty(_notices);
        Assert.All(_notices, notice => Assert.DoesNotContain(secret, notice.Message, StringComparison.Ordinal));
        Assert.Equal(0, receiver.Requests);
    }

    [Fact]
    public void Of_a_long_reason_the_beginning_and_the_end_are_told()
    {
        using var receiver = new Receiver(static _ => Receiver.Reply(400, $"the label {new string('x', 3000)} is too long"));
        using IShipTarget target = TargetOf("loki", receiver);
        string reason = AnswerOf(target)[0].Reason!;
        Assert.StartsWith("HTTP status 400: the label x", reason, StringComparison.Ordinal);
        Assert.EndsWith("is too long", reason, StringComparison.Ordinal);
        Assert.InRange(reason.Length, 100, 800);
    }

    // A missing index and a missing permission are not the record's fault.
    [Theory]
    [InlineData(403, ShipOutcome.Retry)]
    [InlineData(404, ShipOutcome.Retry)]
    [InlineData(400, ShipOutcome.Reject)]
    [InlineData(413, ShipOutcome.Reject)]
    [InlineData(429, ShipOutcome.Retry)]
    [InlineData(503, ShipOutcome.Retry)]
    [InlineData(409, ShipOutcome.Done)]
    [InlineData(201, ShipOutcome.Done)]
    public void What_becomes_of_a_document_is_said_by_its_status(int status, object outcome)
    {
        string items = string.Join(',', Enumerable.Repeat($$"""{"create":{"status":{{status}} ,"error":{"type":"x"} } }""", 10));
        using var receiver = new Receiver(_ => Receiver.Reply(200, $$"""{"items":[{{items}}]}"""));
        using IShipTarget target = TargetOf("elastic", receiver);
        Assert.Equal(outcome, AnswerOf(target)[3].Outcome);
    }

    [Theory]
    [InlineData("elastic", "[]")]
    [InlineData("elastic", "null")]
    [InlineData("elastic", "{\"items\":[{},{},{},{},{},{},{},{},{},{}]}")]
    [InlineData("elastic", "{\"items\":[1,2,3,4,5,6,7,8,9,10]}")]
    [InlineData("elastic", "{\"items\":[{\"create\":{}},{},{},{},{},{},{},{},{},{}]}")]
    [InlineData("elastic", "{\"items\":[{\"create\":{\"status\":\"x\"}},{},{},{},{},{},{},{},{},{}]}")]
    [InlineData("elastic", "\0\u0001")]
    [InlineData("splunk", "[]")]
    [InlineData("splunk", "{\"ackId\":\"x\"}")]
    [InlineData("splunk", "\0\u0001")]
    public void An_answer_that_is_none_loses_nothing(string kind, string body)
    {
        using var receiver = new Receiver(_ => Receiver.Reply(200, body));
        using IShipTarget target = TargetOf(kind, receiver);
        ShipAnswer answer = AnswerOf(target);
        Assert.Equal(ShipOutcome.Retry, answer[0].Outcome);
        Assert.DoesNotContain("Exception", answer[0].Reason, StringComparison.Ordinal);
    }

    // Codes of the token and the channel, which come with 400.
    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(14)]
    public void What_is_wrong_with_a_token_of_Splunk_quarantines_nothing(int code)
    {
        using var receiver = new Receiver(_ => Receiver.Reply(400, $$"""{"text":"no","code":{{code}},"invalid-event-number":0}"""));
        using IShipTarget target = TargetOf("splunk", receiver);
        ShipAnswer answer = AnswerOf(target);
        Assert.Equal((ShipOutcome.Retry, true), (answer[0].Outcome, answer.IsLasting));
    }

    [Theory]
    [InlineData(413, 0)]
    [InlineData(429, 1)]
    public async Task What_is_too_much_at_once_is_sent_in_halves(int status, int retried)
    {
        var taken = new List<int>();
        using var receiver = new Receiver(request =>
        {
            int records = Encoding.UTF8.GetString(request.Body).Split("record ").Length - 1;
            if (records > 3)
            {
                return Receiver.Reply(status, "too large");
            }

            taken.Add(records);
            return Receiver.Reply(204);
        });
        using IShipTarget target = TargetOf("loki", receiver);
        ShipCounters counters = await Task.Run(() => ShipAll(_log.Path, target), TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((10, 0, retried), (counters.Sent, counters.Quarantined, Math.Sign(counters.Retried)));
        Assert.Equal(10, taken.Sum());
    }

    private static IShipTarget TargetOf(string kind, Receiver receiver)
    {
        HttpTargetOptions options = Receiver.Options(receiver);
        return kind switch
        {
            "loki" => new LokiTarget(options),
            "otlp" => new OtlpTarget(options),
            "elastic" => new ElasticTarget(options),
            _ => new SplunkTarget(options),
        };
    }

    // What it answers to the first batch.
    private ShipAnswer AnswerOf(IShipTarget target)
    {
        ShipAnswer? answer = null;
        var asked = new ScriptedTarget(batch =>
        {
            answer ??= target.Send(batch, TestContext.Current.CancellationToken);
            return ShipAnswer.Done;
        }, target.Name);
        using var place = new LogDirectory();
        place.With("run.jsonl", Lines(0, 10));
        ShipAll(place.Path, asked);
        return answer!;
    }

    private static bool Write(Stream stream, string text)
    {
        stream.Write(Encoding.ASCII.GetBytes(text));
        return true;
    }

    private static bool NeverEnd(Stream stream, string beginning, bool goesOn, ManualResetEventSlim ended)
    {
        stream.Write(Encoding.ASCII.GetBytes(beginning));
        stream.Flush();
        while (!ended.Wait(TimeSpan.FromMilliseconds(20)))
        {
            if (goesOn)
            {
                stream.Write(beginning.Contains("chunked", StringComparison.Ordinal) ? "1\r\nx\r\n"u8 : "x"u8);
                stream.Flush();
            }
        }

        return true;
    }
}
