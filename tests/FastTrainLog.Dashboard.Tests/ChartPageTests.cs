using System.Text.Json;
using System.Text.RegularExpressions;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Microsoft.Playwright;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>What charts show of runs that have ended.</summary>
public sealed class ChartPageTests(Browser browser)
{
    private const string Loss = "train/loss";

    [Fact]
    public async Task Dragging_zooms_to_single_steps()
    {
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", TotalSteps = 20_000 }, 20_000, LossOf);
        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address);
        await opened.Page.Locator(".rows .row .c-run a").ClickAsync();
        await opened.WaitForPoints(Loss, 20_000);
        (long First, long Last, long Count, double Value)[] whole = await opened.ReadChart(Loss);
        Assert.True(whole.Length < 2000);
        Assert.Equal(20_000, whole.Sum(bucket => bucket.Count));

        await opened.Drag(Loss, 0.5f, 0.6f);
        await opened.Page.WaitForFunctionAsync("series => Number(document.querySelector(`figure.chart[data-series=\"${series}\"]`).dataset.points) < 4000", Loss);
        await opened.Drag(Loss, 0.4f, 0.5f);
        await opened.Page.WaitForFunctionAsync("series => Number(document.querySelector(`figure.chart[data-series=\"${series}\"]`).dataset.points) < 400", Loss);

        (long First, long Last, long Count, double Value)[] raw = await opened.ReadChart(Loss);
        Assert.True(raw.Length > 50);
        Assert.All(raw, point => Assert.Equal((point.Last, 1L, LossOf((int)point.Last)), (point.First, point.Count, point.Value)));
        Assert.Equal(Enumerable.Range((int)raw[0].Last, raw.Length).Select(step => (long)step), raw.Select(point => point.Last));
        Assert.Contains("from=", opened.Page.Url, StringComparison.Ordinal);

        await opened.Page.GetByText("Whole range").ClickAsync();
        await opened.WaitForPoints(Loss, 20_000);
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task Steps_far_from_zero_are_told_apart_along_the_axis()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" });
        log.Steps(1_000_001, 1_000_050, LossOf);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        await opened.Page.AddInitScriptAsync(
            "const draw = CanvasRenderingContext2D.prototype.fillText; window.drawn = []; CanvasRenderingContext2D.prototype.fillText = function (text, ...place) { drawn.push(text); draw.call(this, text, ...place); };");
        await opened.Page.ReloadAsync();
        await opened.Go($"charts?run={key}");
        await opened.WaitForPoints(Loss, 50);

        string[] drawn = await opened.Page.EvaluateAsync<string[]>("() => drawn");
        Assert.Contains("1,000,010", drawn);
        Assert.Contains("1,000,040", drawn);
        Assert.DoesNotContain("1M", drawn);
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task Values_that_are_not_finite_are_marked_at_their_steps()
    {
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net" }, 100, step => step switch { 40 => double.NaN, 70 => double.PositiveInfinity, _ => 1.0 / step });
        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address);
        await opened.Page.Locator(".rows .row .c-not-finite.bad").WaitForAsync();
        await opened.Page.Locator(".rows .row .c-run a").ClickAsync();
        await opened.WaitForPoints(Loss, 100);

        Assert.Equal("40 (NaN), 70 (+∞)", await opened.Chart(Loss).GetAttributeAsync("data-non-finite"));
        Assert.True(await RedPixels(opened) > 40);
        Assert.Equal([40L, 70L], (await opened.ReadChart(Loss)).Where(point => !double.IsFinite(point.Value)).Select(point => point.Last));

        // The mark leads to the steps.
        await opened.Chart(Loss).Locator("button.badge").ClickAsync();
        await opened.Page.WaitForFunctionAsync("series => Number(document.querySelector(`figure.chart[data-series=\"${series}\"]`).dataset.points) < 60", Loss);
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task Runs_are_compared_in_the_same_charts_and_what_differs_is_marked()
    {
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = "slow", LearningRate = 0.001, Optimizer = "sgd" }, 60, step => 2.0 / step);
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = "fast", LearningRate = 0.01, Optimizer = "sgd" }, 60, step => 1.0 / step);
        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address);
        await opened.Page.GetByLabel("Choose slow").CheckAsync();
        await opened.Page.GetByLabel("Choose fast").CheckAsync();
        await opened.Page.GetByText("Compare 2 runs").ClickAsync();
        await opened.WaitForPoints(Loss, 120);

        Assert.Equal(120, (await opened.ReadChart(Loss)).Length);
        Assert.Equal(["slow", "fast"], await opened.Page.Locator(".legend-run a").AllInnerTextsAsync());
        ILocator different = opened.Page.Locator("tr.different");
        await different.First.WaitForAsync();
        string[] rows = [.. await different.AllInnerTextsAsync()];
        Assert.Contains(rows, row => row.Contains("LearningRate", StringComparison.Ordinal) && row.Contains("0.001", StringComparison.Ordinal) && row.Contains("0.01", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.Contains("Optimizer", StringComparison.Ordinal));
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task Ranks_are_one_line_with_a_band_and_a_heat_map_tells_them_apart()
    {
        using var root = new TestDirectory();
        foreach ((int rank, TestLog log) in TestLog.StartRanks(root.Path, 4).Index())
        {
            log.Steps(1, 50, step => rank == 2 && step > 30 ? double.NaN : rank == 3 && step > 40 ? 2.0 : 1.0);
            log.Run.End(success: true);
            log.Dispose();
        }

        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address);
        await opened.Page.Locator(".rows .row .c-run a").ClickAsync();
        await opened.WaitForPoints(Loss, 200);
        (long First, long Last, long Count, double Value)[] merged = await opened.ReadChart(Loss);
        Assert.Equal([(40L, 4L, 1.0), (41L, 4L, 4.0 / 3)], merged.Where(point => point.Last is 40 or 41).Select(point => (point.Last, point.Count, point.Value)));
        ILocator map = opened.Page.Locator("figure.heat[data-heat='By rank']");
        await opened.Page.Locator("figure.heat[data-rows='4']").WaitForAsync();
        await opened.Page.Locator(".rank-notes li").GetByText("Disagrees: rank 3 on loss at 10 of 50 steps, first at step 41, by up to 100 %").WaitForAsync();

        await map.Locator("select").SelectOptionAsync("Loss: difference");
        await opened.Page.Locator("figure.heat[data-rows='4'][data-non-finite='2']").WaitForAsync();
        // The first key points to the first row at the last step.
        await map.Locator(".heat-plot").FocusAsync();
        foreach (string key in new[] { "ArrowDown", "ArrowDown", "ArrowDown" })
        {
            await opened.Page.Keyboard.PressAsync(key);
        }

        Assert.Matches(@"^rank 2\s*NaN step 50$", await map.Locator(".readout").InnerTextAsync());
        await opened.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Matches(@"^rank 3\s*2, 100% from the median step 50$", await map.Locator(".readout").InnerTextAsync());

        await opened.Page.GetByLabel("Ranks").SelectOptionAsync("3");
        await opened.Page.WaitForFunctionAsync("series => document.querySelector(`figure.chart[data-series=\"${series}\"]`)?.dataset.points === '50'", Loss);
        Assert.Equal(2.0, (await opened.ReadChart(Loss))[^1].Value);
        Assert.Empty(opened.Faults);
    }

    private static double LossOf(int step) => 1.0 + (Math.Sin(step / 50.0) / 3.0);

    private static Task<int> RedPixels(OpenedPage opened) => opened.Page.EvaluateAsync<int>(
        """
        series => {
          const canvas = document.querySelector(`figure.chart[data-series="${series}"] canvas`);
          const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let red = 0;
          for (let i = 0; i < pixels.length; i += 4) {
            red += pixels[i] > 180 && pixels[i + 1] < 80 && pixels[i + 2] < 80 && pixels[i + 3] > 200 ? 1 : 0;
          }
          return red;
        }
        """,
        Loss);

    [Fact]
    public async Task Steps_that_were_clipped_are_marked_below_the_gradient_norm_also_live()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" });
        using var clipper = new GradientClipper(new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0) });
        float[] gradient = new float[1];
        void Steps(int first, int last)
        {
            for (int step = first; step <= last; step++)
            {
                gradient[0] = step % 3 == 0 ? 2 : 0.5f;
                log.Run.LogStep(1, step, 1.0, 0.01, clipper.Clip([GradientBuffer.Of("weight", gradient)], step));
            }

            log.Flush();
        }

        Steps(1, 30);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        JsonElement clipped = (await server.Get($"api/series?run={key}&series=.clipped")).GetProperty("series")[0];
        Assert.Equal(Enumerable.Range(1, 30).Select(step => step % 3 == 0 ? 1.0 : 0.0), clipped.GetProperty("last_value").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(10.0 / 30.0, (await server.Get($"api/series?run={key}&series=.clipped&pixels=1")).GetProperty("series")[0].GetProperty("mean")[0].GetDouble(), 12);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        await opened.Go($"charts?run={key}");
        await opened.Page.Locator("figure[data-series='gradients/gradient_norm'][data-events='10'] .readout", new() { HasText = ", clipped" }).WaitForAsync();

        Steps(31, 45);

        await opened.Page.Locator("figure[data-series='gradients/gradient_norm'][data-events='15']").WaitForAsync();
        Assert.Equal(0, await opened.Page.Locator("figure[data-series='.clipped']").CountAsync());
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task What_is_unusual_is_that_of_the_rank_that_is_shown()
    {
        using var root = new TestDirectory();
        foreach ((int rank, TestLog log) in TestLog.StartRanks(root.Path, 2).Index())
        {
            log.Steps(1, 60, step => rank == 1 && step == 50 ? 1000.0 : 1.0);
            log.Run.End(success: true);
            log.Dispose();
        }

        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address);
        // A server that is busy with reading refuses some requests at first: the page asks again.
        bool isRefused = false;
        await opened.Page.RouteAsync("**/api/relevance?*", route =>
        {
            (bool wasRefused, isRefused) = (isRefused, true);
            return wasRefused ? route.ContinueAsync() : route.FulfillAsync(new RouteFulfillOptions { Status = 503, ContentType = "application/json", Body = "{\"error\":\"busy\"}" });
        });
        await opened.Go("charts?run=together&order=unusual&rank=1");
        ILocator why = opened.Chart(Loss).Locator(".why a", new() { HasText = "1000 after 1 throughout, at step 50" });
        await why.WaitForAsync();
        Assert.Contains("rank=1", await why.GetAttributeAsync("href"), StringComparison.Ordinal);

        // Of this one nothing is unusual.
        IResponse found = await opened.Page.RunAndWaitForResponseAsync(() => opened.Go("charts?run=together&order=unusual&rank=0"), response => response.Url.Contains("/api/relevance", StringComparison.Ordinal));
        Assert.Equal(0.0, (await found.JsonAsync())!.Value.EnumerateArray().Single(series => series.GetProperty("series").GetString() == Loss).GetProperty("score").GetDouble());
        Assert.All(opened.Faults, fault => Assert.Contains("503", fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_chart_is_not_drawn_again_because_others_come_onto_the_screen()
    {
        using var root = new TestDirectory();
        using (TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" }))
        {
            for (int step = 1; step <= 20; step++)
            {
                log.Run.LogStep(1, step, 1.0, 0.01, metrics: [.. Enumerable.Range(10, 40).Select(metric => new Metric($"m{metric}", step))]);
            }

            log.Run.End(success: true);
        }

        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address);
        await opened.Page.EvaluateAsync(
            """
            () => {
              window.drawings = new Map();
              window.canvases = new Set();
              const clear = CanvasRenderingContext2D.prototype.clearRect;
              CanvasRenderingContext2D.prototype.clearRect = function (...range) {
                const { series } = this.canvas.closest("figure").dataset;
                window.drawings.set(series, (window.drawings.get(series) ?? 0) + 1);
                window.canvases.add(this.canvas);
                clear.apply(this, range);
              };
            }
            """);
        await opened.Page.Locator(".rows .row .c-run a").ClickAsync();
        await opened.WaitForPoints(Loss, 20);
        foreach (int metric in Enumerable.Range(10, 40))
        {
            await opened.Page.Locator($".slot:has(figure[data-series='metrics/m{metric}'])").ScrollIntoViewIfNeededAsync();
            await opened.WaitForPoints($"metrics/m{metric}", 20);
        }

        // It may be drawn a second time where a scroll bar appears.
        int[] drawings = await opened.Page.EvaluateAsync<int[]>("() => [...window.drawings.values()]");
        Assert.InRange(drawings.Length, 40, int.MaxValue);
        Assert.InRange(drawings.Max(), 1, 2);

        // Charts that have left the screen draw the next ones.
        Assert.InRange(await opened.Page.EvaluateAsync<int>("() => window.canvases.size"), 1, drawings.Length - 1);
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task Histograms_are_a_map_with_quantiles_that_follows_the_run()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" });
        using var clipper = new GradientClipper(new GradientClipperOptions { HistogramEvery = 10 });
        log.Run.Follow(clipper);
        // Of eight elements six are from 1 to 2, one is below and one above; in the other layer all are the same.
        float[] first = [1, 1, 1, 1, 1, 1, 0.25f, 4];
        float[] second = [0.125f];
        void Steps(int from, int to)
        {
            for (int step = from; step <= to; step++)
            {
                log.Run.LogStep(1, step, 1.0, 0.01, clipper.Clip([GradientBuffer.Of("fc1.weight", first), GradientBuffer.Of("fc2", second)], step));
            }

            log.Flush();
        }

        Steps(1, 100);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        JsonElement all = await server.Get($"api/histograms?run={key}&pixels=2");
        Assert.Equal(["fc1.weight", "fc2"], all.GetProperty("layers").EnumerateArray().Select(layer => layer.GetString()));
        Assert.Equal([5L, 5L], Numbers(all, "count"));
        Assert.Equal([(2, "5 5"), (1, "0 0"), (0, "30 30"), (-1, "0 0"), (-2, "5 5")], all.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("exponent").GetInt32(), string.Join(' ', Numbers(row, "elements")))));
        Assert.Equal([30L, 40L, 50L], Numbers(await server.Get($"api/histograms?run={key}&layer=fc2&from=25&to=50"), "first_step"));
        Assert.Empty(Numbers(await server.Get($"api/histograms?run={key}&layer=none"), "first_step"));

        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        await opened.Go($"charts?run={key}");
        ILocator map = opened.Page.Locator("figure.heat[data-heat='Gradient magnitudes']");
        await map.ScrollIntoViewIfNeededAsync();
        await opened.Page.Locator("figure.heat[data-rows='5'][data-columns='10']").WaitForAsync();
        await map.Locator(".heat-plot").FocusAsync();
        foreach (string pressed in new[] { "ArrowDown", "ArrowDown", "ArrowDown" })
        {
            await opened.Page.Keyboard.PressAsync(pressed);
        }

        Assert.Equal("2^0 to 2^1 75% (6) quantiles: 5% 0.33, 25% 1.12, 50% 1.41, 75% 1.78, 95% 6.06; step 100", Regex.Replace(await map.Locator(".readout").InnerTextAsync(), @"\s+", " "));
        await map.Locator("select").SelectOptionAsync("fc2");
        await opened.Page.Locator("figure.heat[data-rows='1'][data-columns='10']").WaitForAsync();

        Steps(101, 120);

        await opened.Page.Locator("figure.heat[data-rows='1'][data-columns='12']").WaitForAsync();
        Assert.Equal("fc2", await map.Locator("select").EvaluateAsync<string>("choice => choice.selectedOptions[0].text"));
        Assert.Empty(opened.Faults);

        static IEnumerable<long> Numbers(JsonElement of, string name) => of.GetProperty(name).EnumerateArray().Select(number => number.GetInt64());
    }

    [Fact]
    public async Task A_chart_of_many_runs_reads_each_of_them_only_where_somebody_points()
    {
        using var root = new TestDirectory();
        for (int run = 0; run < 9; run++)
        {
            TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net", Name = $"run {run}" }, 20, step => run + (1.0 / step));
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path);
        JsonElement runs;
        do
        {
            runs = (await server.Get("api/runs")).GetProperty("runs");
        }
        while (runs.GetArrayLength() < 9);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Client.BaseAddress!);
        await opened.Go("compare?" + string.Join('&', runs.EnumerateArray().Select(run => $"run={Uri.EscapeDataString(run.GetProperty("key").GetString()!)}")));
        await opened.WaitForPoints(Loss, 180);
        ILocator values = opened.Chart(Loss).Locator(".readout .value");
        Assert.Equal("9 runs: 0.05 to 8.05", await values.First.TextContentAsync());

        await opened.Chart(Loss).Locator(".u-over").HoverAsync();

        await values.Nth(8).WaitForAsync();
        Assert.Equal(1, await opened.Chart("train/learning_rate").Locator(".readout .value").CountAsync());
        await opened.Page.Mouse.MoveAsync(0, 0);
        await values.Nth(1).WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Empty(opened.Faults);
    }
}
