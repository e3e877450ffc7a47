using System.Net;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>Who is answered, and what nobody gets.</summary>
public sealed class AccessTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("/", "Host", "evil.example")]
    [InlineData("/api/runs", "Host", "evil.example:6060")]
    [InlineData("/api/runs", "Origin", "http://evil.example")]
    [InlineData("/api/runs", "Origin", "null")]
    [InlineData("/api/stream", "Origin", "https://127.0.0.1")]
    [InlineData("/api/runs", "Sec-Fetch-Site", "cross-site")]
    public async Task A_foreign_host_origin_or_site_is_refused(string path, string header, string value)
    {
        using var root = new TestDirectory();
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);

        using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain(root.Path, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_forbids_inline_script_frames_and_guessed_types()
    {
        using var root = new TestDirectory();
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.Token = Token);
        foreach (string path in new[] { "/", "/api/runs", "/api/run?run=none", "/app.js" })
        {
            using HttpResponseMessage response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        }
    }

    [Fact]
    public async Task With_a_token_nothing_is_answered_without_it_and_the_form_sets_a_cookie_that_scripts_cannot_read()
    {
        using var root = new TestDirectory();
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.Token = Token);
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(server, "/", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(server, "/app.js", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(server, "/api/runs", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(server, "/api/stream", "Bearer 0123456789abcdef0123456789abcdeX"));
        Assert.Equal(HttpStatusCode.OK, await Status(server, "/api/runs", $"Bearer {Token}"));

        using HttpResponseMessage wrong = await Login(server, "wrong");
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));

        using HttpResponseMessage right = await Login(server, Token);
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
        string cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/runs");
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using HttpResponseMessage answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_token_a_client_of_another_address_is_refused()
    {
        string host = Dns.GetHostName();
        IPAddress? own = (await Dns.GetHostAddressesAsync(host, TestContext.Current.CancellationToken)).FirstOrDefault(address => !IPAddress.IsLoopback(address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork);
        Assert.SkipWhen(own is null, "this machine has no address besides those of the loopback interface");
        using var root = new TestDirectory();
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.AllowedHosts.Add(own!.ToString()), address: $"http://{own}:0");

        Assert.Equal(HttpStatusCode.Forbidden, await Status(server, "/api/runs", null));
    }

    [Fact]
    public async Task A_file_of_settings_in_the_directory_where_the_command_is_started_changes_nothing()
    {
        using var root = new TestDirectory();
        await File.WriteAllTextAsync(Path.Combine(root.Path, "appsettings.json"), """{ "Kestrel": { "Endpoints": { "Other": { "Url": "http://127.0.0.2:0" } } } }""", TestContext.Current.CancellationToken);

        using DashboardProcess server = await DashboardProcess.StartIn(root.Path, 0, root.Path);

        Assert.Equal("127.0.0.1", server.Address.Host);
    }

    [Fact]
    public async Task A_link_out_of_the_directories_is_not_followed()
    {
        using var elsewhere = new TestDirectory();
        TestLog.Write(elsewhere.Path, new TrainingRunOptions { Model = "Secret" }, 5, step => step);
        using var root = new TestDirectory();
        string log = Directory.CreateDirectory(Path.Combine(root.Path, "linked")).FullName;
        File.CreateSymbolicLink(Path.Combine(log, "run.jsonl"), Path.Combine(Directory.GetDirectories(elsewhere.Path)[0], "run.jsonl"));
        await using DashboardServer server = await DashboardServer.Start(root.Path);

        var answer = await server.Get("api/runs");
        Assert.Equal(0, answer.GetProperty("runs").GetArrayLength());
        Assert.Contains("link", Assert.Single(answer.GetProperty("problems").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api/series?run=x", "'run' or 'series' is missing")]
    [InlineData("api/series?run=x&series=y&pixels=5000", "'pixels' is '5000'; it must be an integer from 1 to 4096")]
    [InlineData("api/records?run=RUN&direction=up", "it must be 'older' or 'newer'")]
    [InlineData("api/records?run=RUN&level=loud", "use trace, debug, information, warning, error or critical")]
    [InlineData("api/records?run=RUN&cursor=x", "'x' in 'cursor' is no place in a log")]
    [InlineData("api/stream?run=RUN&series=train/loss&cursor=a.1", "must be that of the list of runs, and behind it those of 1 series")]
    public async Task What_is_wrong_with_a_request_is_said(string request, string message)
    {
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net" }, 5, step => step);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();

        using HttpResponseMessage response = await server.Client.GetAsync(request.Replace("RUN", key, StringComparison.Ordinal), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(message, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Below_a_path_the_page_ends_with_a_slash_so_that_its_addresses_are_below_it()
    {
        using var root = new TestDirectory();
        await using DashboardServer server = await DashboardServer.Start(root.Path, path: "/training");
        using HttpResponseMessage redirect = await server.Client.GetAsync("/training", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Redirect, "/training/"), (redirect.StatusCode, redirect.Headers.Location?.ToString()));
        Assert.Equal(HttpStatusCode.OK, await Status(server, "/training/", null));
        Assert.Equal(HttpStatusCode.OK, await Status(server, "/training/api/runs", null));
    }

    private static async Task<HttpStatusCode> Status(DashboardServer server, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null)
        {
            request.Headers.Add("Authorization", authorization);
        }

        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> Login(DashboardServer server, string token) =>
        server.Client.PostAsync("/login", new FormUrlEncodedContent([new("token", token)]), TestContext.Current.CancellationToken);
}
