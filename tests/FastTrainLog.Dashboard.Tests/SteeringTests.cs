using System.Net;
using System.Text;
using System.Text.Json;
using FastTrainLog.Dashboard.Steering;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>Commands to a run through the dashboard, and who may not send them.</summary>
public sealed class SteeringTests
{
    [Fact]
    public async Task A_command_reaches_the_run_and_its_record_says_from_where_it_came()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", EnableControl = true });
        log.Steps(1, 3, step => step);
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.AllowSteering = true);
        string key = Uri.UnescapeDataString(await server.OnlyRun());
        Assert.Equal("running", (await server.Get($"api/control?run={Uri.EscapeDataString(key)}")).GetProperty("ranks")[0].GetProperty("state").GetString());

        using HttpResponseMessage response = await Send(server, $$"""{"run":"{{key}}","action":"note","text":"seen from the sofa"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement reply = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("replies")[0];
        Assert.True(reply.GetProperty("accepted").GetBoolean());
        JsonElement record = (await LogLines(log)).Single(line => line.GetProperty("event").GetString() == "ControlCommand");
        Assert.Equal("dashboard, 127.0.0.1", record.GetProperty("properties").GetProperty("Source").GetString());
        Assert.Contains("seen from the sofa", record.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", true, HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", true, HttpStatusCode.Forbidden)]
    [InlineData("Host", "evil.example", true, HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", true, HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", true, HttpStatusCode.Forbidden)]
    [InlineData("X-FastTrainLog", null, true, HttpStatusCode.Forbidden)]
    [InlineData("Content-Type", "text/plain", true, HttpStatusCode.Forbidden)]
    [InlineData("Content-Type", "application/x-www-form-urlencoded", true, HttpStatusCode.Forbidden)]
    [InlineData("Accept", "*/*", false, HttpStatusCode.Forbidden)]
    public async Task A_command_from_elsewhere_changes_nothing(string header, string? value, bool isAllowed, HttpStatusCode expected)
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", EnableControl = true });
        log.Steps(1, 3, step => step);
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.AllowSteering = isAllowed);
        string key = Uri.UnescapeDataString(await server.OnlyRun());

        using HttpResponseMessage response = await Send(server, $$"""{"run":"{{key}}","action":"pause"}""", header, value);

        Assert.Equal(expected, response.StatusCode);
        Assert.DoesNotContain(await LogLines(log), line => line.GetProperty("event").GetString() is "ControlCommand" or "ControlRefused");
    }

    [Fact]
    public async Task Without_its_token_nobody_steers_and_reading_a_command_from_an_address_does_nothing()
    {
        const string Token = "0123456789abcdef0123456789abcdef";
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net" }, 3, step => step);
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => (options.AllowSteering, options.Token) = (true, Token));

        using HttpResponseMessage withoutToken = await Send(server, """{"run":"x","action":"pause"}""");
        Assert.Equal(HttpStatusCode.Unauthorized, withoutToken.StatusCode);
        using HttpResponseMessage withToken = await Send(server, """{"run":"x","action":"pause"}""", "Authorization", $"Bearer {Token}");
        Assert.Equal(HttpStatusCode.NotFound, withToken.StatusCode);
        server.Client.DefaultRequestHeaders.Add("Authorization", $"Bearer {Token}");
        string key = await server.OnlyRun();
        Assert.Equal(0, (await server.Get($"api/control?run={key}&action=pause")).GetProperty("ranks").GetArrayLength());
        using HttpResponseMessage ended = await Send(server, $$"""{"run":"{{Uri.UnescapeDataString(key)}}","action":"pause"}""");
        Assert.Equal(HttpStatusCode.Conflict, ended.StatusCode);
    }

    [Theory]
    [InlineData("""{"run":"KEY","action":"explode"}""", "there is no command 'explode'")]
    [InlineData("""{"run":"KEY","action":"set","name":"learning_rate"}""", "the number is missing")]
    [InlineData("""{"run":"KEY","action":"set","value":1}""", "the name of the value is missing")]
    [InlineData("""{"run":"KEY","action":"set","name":"learning_rate","value":"fast"}""", "no JSON of the expected form")]
    [InlineData("""{"action":"pause"}""", "'run' is missing")]
    [InlineData("null", "The command is missing")]
    public async Task What_is_wrong_with_a_command_is_said(string body, string message)
    {
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net" }, 3, step => step);
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.AllowSteering = true);
        string key = Uri.UnescapeDataString(await server.OnlyRun());

        using HttpResponseMessage response = await Send(server, body.Replace("KEY", key, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(message, JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_user_of_a_connection_is_that_of_an_open_socket_with_both_its_ends()
    {
        string header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
        string[] four =
        [
            header,
            "   0: 0100007F:17AC 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0",
            "   1: 0100007F:17AC 0100007F:C000 01 00000000:00000000 00:00000000 00000000  1000        0 12 1 0000000000000000 20 4 30 10 -1",
            "   2: 0100007F:C000 0100007F:17AC 01 00000000:00000000 00:00000000 00000000  1234        0 13 1 0000000000000000 20 4 30 10 -1",
            "   3: 0100007F:C001 0100007F:17AC 04 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 20 4 30 10 -1",
            "   4: 0100007F:C002 0100007F:17AC 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000",
            "   5: 0100007F:C003 0100007F:17AC 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 20 4 30 10 -1",
        ];
        string[] six =
        [
            header,
            "   0: 00000000000000000000000001000000:C000 00000000000000000000000001000000:17AC 01 00000000:00000000 00:00000000 00000000  77        0 21 1 0000000000000000 20 4 30 10 -1",
            "   1: 0000000000000000FFFF00000100007F:C004 0000000000000000FFFF00000100007F:17AC 01 00000000:00000000 00:00000000 00000000  78        0 22 1 0000000000000000 20 4 30 10 -1",
        ];
        Assert.SkipUnless(BitConverter.IsLittleEndian, "the tables above are of a machine with the other order of bytes");
        static IPEndPoint End(string address, int port) => new(IPAddress.Parse(address), port);
        IPEndPoint server = End("127.0.0.1", 0x17AC);

        Assert.Equal(1234u, ConnectionOwner.UserOf(four, End("127.0.0.1", 0xC000), server));
        Assert.Equal(1234u, ConnectionOwner.UserOf(four, End("::ffff:127.0.0.1", 0xC000), End("::ffff:127.0.0.1", 0x17AC)));
        Assert.Equal(77u, ConnectionOwner.UserOf(six, End("::1", 0xC000), End("::1", 0x17AC)));
        Assert.Equal(78u, ConnectionOwner.UserOf(six, End("127.0.0.1", 0xC004), server));
        // Closed by its process, which is then listed as root's; another port; another address.
        Assert.Null(ConnectionOwner.UserOf(four, End("127.0.0.1", 0xC001), server));
        Assert.Null(ConnectionOwner.UserOf(four, End("127.0.0.1", 0xC002), server));
        Assert.Null(ConnectionOwner.UserOf(four, End("127.0.0.1", 0xC003), server));
        Assert.Null(ConnectionOwner.UserOf(four, End("127.0.0.1", 0xC000), End("127.0.0.1", 0x17AD)));
        Assert.Null(ConnectionOwner.UserOf(four, End("127.0.0.2", 0xC000), server));
    }

    private static async Task<HttpResponseMessage> Send(DashboardServer server, string body, string? header = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/control") { Content = new StringContent(body, Encoding.UTF8, header == "Content-Type" ? value! : "application/json") };
        if (header != "X-FastTrainLog")
        {
            request.Headers.Add("X-FastTrainLog", "test");
            if (header is not null and not "Content-Type")
            {
                request.Headers.TryAddWithoutValidation(header, value);
            }
        }

        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement[]> LogLines(TestLog log)
    {
        log.Flush();
        return [.. (await File.ReadAllLinesAsync(System.IO.Path.Combine(log.Path, "run.jsonl"), TestContext.Current.CancellationToken)).Select(line => JsonElement.Parse(line))];
    }
}
