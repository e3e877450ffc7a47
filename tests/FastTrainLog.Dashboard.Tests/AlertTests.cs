using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using FastTrainLog.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>Rules of alerts, and what they post.</summary>
public sealed class AlertTests(Browser browser)
{
    [Fact]
    public async Task A_rule_posts_to_its_webhook_once_in_its_quiet_time_and_again_if_it_is_refused()
    {
        var posted = Channel.CreateUnbounded<JsonElement>();
        int refusals = 1;
        await using WebApplication receiver = await Receive(async context =>
        {
            JsonElement alert = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
            if (Interlocked.Decrement(ref refusals) >= 0)
            {
                context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
                return;
            }

            posted.Writer.TryWrite(alert);
        });
        using var root = new TestDirectory();
        string file = Path.Combine(root.Path, "alerts.json");
        string address = receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await File.WriteAllTextAsync(file, $$"""
            { "rules": [
              { "name": "too high", "when": "threshold", "series": "train/loss", "above": 5, "webhook": "{{address}}/hook" },
              { "when": "ended", "outcomes": ["failed"], "webhook": "{{address}}/hook" } ] }
            """, TestContext.Current.CancellationToken);
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = "ended before" }, 5, _ => 9.0);
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.AlertFile = file);

        using (TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", Name = "watched \e[31m" }))
        {
            log.Steps(1, 20, _ => 7.5);
            JsonElement alert = await posted.Reader.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal(("too high", "watched \e[31m", "running"), (alert.GetProperty("rule").GetString(), alert.GetProperty("name").GetString(), alert.GetProperty("state").GetString()));
            Assert.Matches(@"^too high: watched \\x1b\[31m: train/loss is 7\.5 at step \d+, above 5$", alert.GetProperty("text").GetString());
            log.Steps(21, 30, _ => 8.5);
            log.Run.End(success: false, "it diverged");
        }

        JsonElement end = await posted.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("ended", "failed"), (end.GetProperty("rule").GetString(), end.GetProperty("state").GetString()));
        Assert.Contains("it diverged", end.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.False(posted.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Of_several_ranks_an_alert_looks_at_their_mean_at_the_last_step_that_all_have_come_to()
    {
        var posted = Channel.CreateUnbounded<JsonElement>();
        await using WebApplication receiver = await Receive(async context => posted.Writer.TryWrite((await JsonDocument.ParseAsync(context.Request.Body)).RootElement));
        using var root = new TestDirectory();
        string file = Path.Combine(root.Path, "alerts.json");
        string address = receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await File.WriteAllTextAsync(file, $$"""{ "rules": [ { "when": "threshold", "series": "train/loss", "above": 0.5, "webhook": "{{address}}/hook" } ] }""", TestContext.Current.CancellationToken);
        TestLog[] ranks = TestLog.StartRanks(root.Path, 2);
        using TestLog fast = ranks[0];
        using TestLog late = ranks[1];
        fast.Steps(1, 20, step => step == 20 ? 50 : 1);
        late.Steps(1, 19, _ => 11);
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.AlertFile = file);

        JsonElement alert = await posted.Reader.ReadAsync(TestContext.Current.CancellationToken);

        Assert.EndsWith("train/loss is 6 at step 19, above 0.5", alert.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "rules": [ { "when": "sometimes" } ] }""", "Rule 1 of", "'when' is 'sometimes'; use threshold, absence, non_finite, ended, stalled, ")]
    [InlineData("""{ "rules": [ { "when": "ended" }, { "when": "threshold", "series": "train/loss" } ] }""", "Rule 2 of", "'threshold' requires 'above' or 'below'.")]
    [InlineData("""{ "rules": [ { "when": "ended", "webhook": "file:///etc/passwd" } ] }""", "Rule 1 of", "it must be an address that begins with https:// or http://.")]
    [InlineData("""{ "rules": [ { "when": "ended", "webhok": "http://x" } ] }""", "cannot be read", "webhok")]
    [InlineData("""{ "rules": [] }""", "has no alert", "'rules'")]
    public async Task What_is_wrong_with_a_file_of_alerts_is_said(string content, string where, string what)
    {
        using var root = new TestDirectory();
        string file = Path.Combine(root.Path, "alerts.json");
        await File.WriteAllTextAsync(file, content, Encoding.UTF8, TestContext.Current.CancellationToken);

        ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(() => DashboardServer.Start(root.Path, options => options.AlertFile = file));

        Assert.Contains(where, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"rules\": [ { \"when\": \"ended\"", "cannot be read")]
    [InlineData("", "cannot be read")]
    [InlineData("\0\0\0\0", "cannot be read")]
    [InlineData("null", "has no alert")]
    [InlineData("{ \"rules\": [ null ] }", "Rule 1 of")]
    [InlineData("{ \"rules\": [ { \"when\": \"ended\" }, { \"when\": \"\\u001b[31m\" } ] }", "Rule 2 of")]
    [InlineData("{ \"rules\": [ { \"when\": \"ended\", \"command\": [ null ] } ] }", "a part of it is null")]
    [InlineData(null, "is no regular file")]
    public async Task A_damaged_file_of_the_pages_rules_is_told_and_kept_and_the_dashboard_starts(string? content, string what)
    {
        using var root = new TestDirectory();
        string file = Path.Combine(root.Path, ".fasttrainlog.alerts.json");
        if (content is null)
        {
            Directory.CreateDirectory(file);
        }
        else
        {
            await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.AllowSteering = true);

        string fault = (await server.Get("api/alerts")).GetProperty("fault").GetString()!;
        Assert.Contains(what, fault, StringComparison.Ordinal);
        Assert.Contains($"'{file}'", fault, StringComparison.Ordinal);
        Assert.Contains("correct or delete it", fault, StringComparison.Ordinal);
        using var change = new HttpRequestMessage(HttpMethod.Post, "api/alerts") { Content = new StringContent("""{ "add": { "when": "ended" } }""", Encoding.UTF8, "application/json") };
        change.Headers.Add("X-FastTrainLog", "test");
        using HttpResponseMessage response = await server.Client.SendAsync(change, TestContext.Current.CancellationToken);
        JsonElement list = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((1, false), (list.GetProperty("of_page").GetArrayLength(), list.GetProperty("is_kept").GetBoolean()));
        Assert.Equal(content, content is null ? null : await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(root.Path));
    }

    [Fact]
    public async Task The_command_and_the_page_say_that_the_pages_rules_are_damaged()
    {
        using var root = new TestDirectory();
        await File.WriteAllTextAsync(Path.Combine(root.Path, ".fasttrainlog.alerts.json"), "{ \"rules\": [ { \"when\": \"\\u001b[31m<b>\" } ] }", TestContext.Current.CancellationToken);
        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address);

        await opened.Go("alerts");

        await opened.Page.Locator(".notice", new() { HasText = "Rule 1 of" }).And(opened.Page.Locator(".notice", new() { HasText = "'when' is '\\u001b[31m<b>'" })).WaitForAsync();
        Assert.Contains("'when' is '\\x1b[31m<b>'", server.Output, StringComparison.Ordinal);
        Assert.Empty(opened.Faults);
    }

    private static async Task<WebApplication> Receive(RequestDelegate take)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication receiver = builder.Build();
        receiver.MapMethods("/hook", [HttpMethods.Post], take);
        await receiver.StartAsync();
        return receiver;
    }
}
