using FastTrainLog.Training;
using Microsoft.Playwright;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>The list of runs: what a browser keeps of it, and the baseline.</summary>
public sealed class RunsPageTests(Browser browser)
{
    private const string Loss = "train/loss";

    [Fact]
    public async Task Runs_are_filtered_renamed_hidden_and_compared_with_a_baseline_and_the_browser_keeps_it()
    {
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = "base", Group = "sweep", Tags = ["small"] }, 50, step => 1.0 / step);
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = "better", Group = "sweep", Tags = ["large"] }, 50, step => (1.0 / step) - 0.25);
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = "other" }, 50, step => step);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        ILocator rows = opened.Page.Locator(".rows .row");
        ILocator Row(string name) => rows.Filter(new LocatorFilterOptions { Has = opened.Page.Locator(".c-run a", new PageLocatorOptions { HasTextString = name }) });
        async Task Menu(string name, string action)
        {
            await Row(name).Locator("button.more-of-run").ClickAsync();
            await opened.Page.Locator(".run-menu").GetByRole(AriaRole.Button, new() { Name = action }).ClickAsync();
        }

        await rows.Nth(2).WaitForAsync();
        await opened.Page.GetByLabel("Group").SelectOptionAsync("sweep");
        await Expect(rows, 2);
        await opened.Page.GetByLabel("Tag").SelectOptionAsync("large");
        await Expect(rows, 1);
        await opened.Page.GetByLabel("Tag").SelectOptionAsync(string.Empty);
        await opened.Page.GetByLabel("Group").SelectOptionAsync(string.Empty);
        await Expect(rows, 3);

        await Menu("other", "Hide from the list");
        await Expect(rows, 2);
        await Row("better").Locator("button.more-of-run").ClickAsync();
        await opened.Page.GetByLabel("Name of the run").FillAsync("<b>best</b> so far");
        await opened.Page.Keyboard.PressAsync("Enter");
        await Row("<b>best</b> so far").WaitForAsync();
        await Menu("base", "Make it the baseline");
        await opened.Page.ReloadAsync();
        await Row("<b>best</b> so far").WaitForAsync();
        await Expect(rows, 2);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "hidden 1" }).ClickAsync();
        await Expect(rows, 3);

        await Row("<b>best</b> so far").GetByRole(AriaRole.Checkbox).CheckAsync();
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Compare 1 with the baseline" }).ClickAsync();
        await opened.WaitForPoints(Loss, 100);
        await opened.Page.GetByLabel("Difference to baseline").CheckAsync();
        await opened.Page.WaitForFunctionAsync("series => document.querySelector(`figure.chart[data-series=\"${series}\"] .readout`).textContent.includes('-0.25')", Loss);
        (long First, long Last, long Count, double Value)[] shown = await opened.ReadChart(Loss);
        Assert.Equal(Enumerable.Repeat(0.0, 50).Concat(Enumerable.Repeat(-0.25, 50)), shown.Select(point => Math.Round(point.Value, 12)));
        Assert.Contains("−0.25", await opened.Page.Locator("tr.figure").First.TextContentAsync(), StringComparison.Ordinal);
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task Runs_whose_long_names_differ_in_their_ends_are_told_apart()
    {
        using var root = new TestDirectory();
        foreach (int seed in (int[])[1, 2])
        {
            TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = $"imagenet-sweep-with-a-name-that-has-no-room-anywhere-seed-{seed}" }, 10, step => 1.0 / step);
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        foreach (int width in (int[])[1280, 390])
        {
            await opened.Page.SetViewportSizeAsync(width, 800);
            ILocator names = opened.Page.Locator(".c-run a");
            await names.Nth(1).WaitForAsync();
            for (int i = 0; i < 2; i++)
            {
                ILocator end = names.Nth(i).Locator(".cut > span").Last;
                Assert.Matches("-seed-[12]$", await end.TextContentAsync());
                LocatorBoundingBoxResult cell = (await names.Nth(i).BoundingBoxAsync())!;
                LocatorBoundingBoxResult box = (await end.BoundingBoxAsync())!;
                Assert.InRange(box.X, cell.X, cell.X + cell.Width - box.Width + 1);
                Assert.Matches("^imagenet-.*-seed-[12]$", await names.Nth(i).InnerTextAsync());
            }
        }

        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task No_column_of_the_list_is_cut_off_at_any_width()
    {
        using var root = new TestDirectory();
        using (TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", Name = "with a name that is longer than its column", TotalSteps = 1_000_000 }))
        {
            log.Steps(999_951, 1_000_000, step => 1.0 / step);
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        await opened.Page.Locator(".rows .row").WaitForAsync();
        List<string> cut = [];
        for (int width = 1400; width >= 360; width -= 8)
        {
            await opened.Page.SetViewportSizeAsync(width, 900);
            cut.AddRange(await opened.Page.EvaluateAsync<string[]>(
                "width => [...document.querySelectorAll('.run-table .row > *')].filter(cell => cell.getBoundingClientRect().right > document.querySelector('.run-table').getBoundingClientRect().right).map(cell => `${cell.className} at ${width} px`)", width));
            cut.AddRange(await opened.Page.EvaluateAsync<string[]>(
                "width => [...document.querySelectorAll('.c-progress .soft')].filter(text => text.scrollWidth > text.clientWidth).map(text => `${text.textContent} at ${width} px`)", width));
        }

        Assert.Empty(cut);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Started" }).ClickAsync();
    }

    [Fact]
    public async Task Each_view_of_a_run_shows_only_figures_that_it_knows()
    {
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = "known", RunId = "known" }, 50, step => 1.0 / step);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "known" }).First.ClickAsync();
        ILocator speed = opened.Page.Locator(".card").Filter(new LocatorFilterOptions { HasText = "Steps/s" });
        await opened.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('.card')].some(card => /Steps\\/s\\d/.test(card.textContent))");

        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Log", Exact = true }).ClickAsync();
        await opened.Page.Locator(".record").First.WaitForAsync();
        Assert.Equal(0, await speed.CountAsync());
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task A_rule_of_the_page_is_kept_beside_the_logs_and_its_alert_is_shown_on_the_page()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", Name = "watched <img src=x>" });
        log.Steps(1, 20, step => 1.0 / step);
        await using DashboardServer server = await DashboardServer.Start(root.Path, options => options.AllowSteering = true);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Alerts" }).ClickAsync();
        await opened.Page.GetByLabel("Common rules").SelectOptionAsync(new SelectOptionValue { Label = "Loss too high" });
        await opened.Page.GetByLabel("Above").FillAsync("7");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Add the rule" }).ClickAsync();
        await opened.Page.GetByText("threshold train/loss above 7").WaitForAsync();
        Assert.Contains("\"above\":7", await File.ReadAllTextAsync(Path.Combine(root.Path, ".fasttrainlog.alerts.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        log.Steps(21, 30, _ => 9.0);

        ILocator toast = opened.Page.Locator(".toasts .notice");
        await toast.WaitForAsync();
        Assert.Contains("watched <img src=x>: train/loss is 9", await toast.TextContentAsync(), StringComparison.Ordinal);
        await opened.Page.Locator(".raised li").WaitForAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Remove threshold" }).ClickAsync();
        await opened.Page.GetByText("There is no rule.").WaitForAsync();
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task The_most_unusual_chart_is_first_and_says_why()
    {
        using var root = new TestDirectory();
        using (TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" }))
        {
            for (int step = 1; step <= 150; step++)
            {
                double wave = Math.Sin(step);
                log.Run.LogStep(1, step, 2.0 + wave, 0.1, metrics: [new Metric("calm", 5.0 + wave), new Metric("jumps", step == 120 ? 500.0 : wave)]);
            }

            log.Run.End(success: true);
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        await opened.Page.Locator(".rows .row .c-run a").ClickAsync();
        await opened.WaitForPoints(Loss, 150);
        await opened.Page.GetByLabel("Order").SelectOptionAsync("unusual");

        await opened.Page.Locator("figure.chart .why a").First.WaitForAsync();
        List<string> order = [];
        foreach (ILocator chart in await opened.Page.Locator("figure.chart").AllAsync())
        {
            order.Add((await chart.GetAttributeAsync("data-series"))!);
        }

        // How long a step took is as unusual as this machine makes it.
        Assert.Equal("metrics/jumps", order.First(series => series.StartsWith("metrics/", StringComparison.Ordinal)));
        Assert.True(order.IndexOf("metrics/jumps") < order.IndexOf(Loss), string.Join(", ", order));
        string why = (await opened.Page.Locator("figure.chart[data-series='metrics/jumps'] .why").TextContentAsync())!;
        Assert.StartsWith("500, ", why, StringComparison.Ordinal);
        Assert.EndsWith("at step 120", why, StringComparison.Ordinal);
        Assert.Empty(opened.Faults);
    }

    private static Task Expect(ILocator rows, int count) => Assertions.Expect(rows).ToHaveCountAsync(count, new LocatorAssertionsToHaveCountOptions { Timeout = Browser.Longest });
}
