using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Microsoft.Playwright;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>Everything from a log is text on the page.</summary>
public sealed class HostileTextTests(Browser browser)
{
    private const string Hostile = "<script>alert(1)</script>\"><img src=x onerror=alert(2)> javascript:alert(3) \e[31mred\u202e";
    private const string Shown = "<script>alert(1)</script>\"><img src=x onerror=alert(2)> javascript:alert(3) \\u001b[31mred\\u202e";

    [Fact]
    public async Task Hostile_text_in_every_field_is_shown_as_text()
    {
        using var root = new TestDirectory();
        using (TestLog log = TestLog.Start(root.Path, new TrainingRunOptions
        {
            Model = $"model {Hostile}",
            Name = $"name {Hostile}",
            Group = $"group {Hostile}",
            Tags = [$"tag {Hostile}"],
            Config = new Dictionary<string, object?> { [$"key {Hostile}"] = $"value {Hostile}" },
        }))
        {
            for (int step = 1; step <= 40; step++)
            {
                log.Run.LogStep(1, step, 1.0 / step, 0.01, metrics: [new Metric($"metric {Hostile}", step)]);
            }

            log.Run.LogValidation(1, 40, 0.5, [new Metric($"measure {Hostile}", 0.5)]);
            log.Run.LogError(new InvalidOperationException($"message {Hostile}"), $"operation {Hostile}", [new($"context {Hostile}", $"detail {Hostile}")]);
            log.Run.LogCheckpoint(1, 40, 0.5, $"path {Hostile}");
            log.Run.End(success: false, $"reason {Hostile}");
        }

        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address, width: 1600);
        ILocator link = opened.Page.Locator(".rows .row .c-run a");
        await link.WaitForAsync();
        string key = (await opened.Page.Locator(".rows .row").GetAttributeAsync("data-run"))!;
        Assert.Equal($"name {Shown}", await link.InnerTextAsync());
        await AssertShown(opened, "model ", "group ", "tag ");

        foreach (string view in new[] { "charts", "compare", "errors", "log" })
        {
            await opened.Go($"{view}?run={Uri.EscapeDataString(key)}");
            await opened.Page.Locator(view switch { "errors" => ".pattern", "log" => ".record", _ => "figure.chart" }).First.WaitForAsync();
            switch (view)
            {
                case "charts":
                    await opened.WaitForPoints(LossSeries, 40);
                    await opened.Page.GetByLabel("Filter series").FillAsync("metrics/");
                    await AssertShown(opened, "name ", "model ", "metrics/metric ");
                    break;
                case "errors":
                    await AssertShown(opened, "message ", "operation ", "context ", "detail ", "measure ", "path ");
                    break;
                case "log":
                    foreach (ILocator record in await opened.Page.Locator(".record summary").AllAsync())
                    {
                        await record.EvaluateAsync("summary => summary.parentElement.open = true");
                    }

                    await opened.Page.Locator(".record-detail").First.WaitForAsync();
                    await AssertShown(opened, "message ", "operation ");
                    break;
            }

            Assert.Equal(0, await opened.Page.EvaluateAsync<int>("() => document.querySelectorAll('img, iframe, script:not([src=\"app.js\"]), [onerror], [onclick], a[href^=\"javascript\"]').length"));
        }

        Assert.Empty(opened.Faults);
    }

    private const string LossSeries = "train/loss";

    private static async Task AssertShown(OpenedPage opened, params string[] leads)
    {
        foreach (string lead in leads)
        {
            try
            {
                await opened.Page.WaitForFunctionAsync("text => document.body.textContent.includes(text)", lead + Shown, new PageWaitForFunctionOptions { Timeout = Browser.Longest / 3 });
            }
            catch (TimeoutException)
            {
                Assert.Fail($"'{lead}{Shown}' is not on the page: {await opened.Page.Locator("body").TextContentAsync()}");
            }
        }
    }
}
