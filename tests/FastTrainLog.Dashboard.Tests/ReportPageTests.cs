using System.Globalization;
using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Indexing;
using FastTrainLog.Records;
using FastTrainLog.Training;
using Microsoft.Playwright;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>The page that <c>analyze --html</c> writes, opened as a file: it is drawn by the dashboard's modules.</summary>
public sealed class ReportPageTests(Browser browser)
{
    private const string Hostile = "</script><img src=x onerror=alert(1)>\u001b[31m";

    [Fact]
    public async Task Its_charts_are_drawn_zoomed_and_exported_without_a_request()
    {
        using var root = new TestDirectory();
        await using OpenedPage opened = await browser.OpenOrSkip(Report(root, steps: 2000));
        ILocator loss = opened.Chart("Loss");
        await loss.Locator("canvas").WaitForAsync();
        await loss.Locator(".badge", new() { HasText = "1 not finite" }).WaitForAsync();
        await opened.Page.Locator("figcaption .name", new() { HasText = Hostile.Replace("\u001b", "\\u001b", StringComparison.Ordinal) }).WaitForAsync();

        await opened.Drag("Loss", 0.4f, 0.6f);

        ILocator range = opened.Page.Locator(".picked");
        await range.GetByText("Steps 8").WaitForAsync();
        (long First, long Last, long Count, double Value)[] all = await opened.ReadChart("Learning rate");
        Assert.Equal(1, all[0].First);
        ILocator map = opened.Page.Locator("figure.heat[data-heat='Gradient magnitudes']");
        await map.ScrollIntoViewIfNeededAsync();
        await map.Locator("select").SelectOptionAsync("second");
        int columns = int.Parse((await map.GetAttributeAsync("data-columns"))!, CultureInfo.InvariantCulture);
        Assert.InRange(columns, 15, 25);
        Assert.InRange(all.Length, 50, 1000);
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.Last < pair.Second.First));
        await range.GetByRole(AriaRole.Button, new() { Name = "Whole range" }).ClickAsync();
        await range.First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        await opened.Page.Locator("figure.heat[data-rows='2'][data-columns='100']").WaitForAsync();
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task Printed_it_has_every_chart()
    {
        using var root = new TestDirectory();
        await using OpenedPage opened = await browser.OpenOrSkip(Report(root, steps: 200), ColorScheme.Dark, height: 300);
        await opened.Chart("Loss").Locator("canvas").WaitForAsync();
        int slots = await opened.Page.Locator(".slot").CountAsync();
        Assert.True(await opened.Page.Locator("canvas").CountAsync() < slots);

        int printed = await opened.Page.EvaluateAsync<int>("() => { dispatchEvent(new Event('beforeprint')); return [...document.querySelectorAll('.slot')].filter(slot => slot.querySelector('canvas')?.width > 0).length; }");

        Assert.Equal(slots, printed);
        Assert.Empty(opened.Faults);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1400)]
    [InlineData(ColorScheme.Dark, 400)]
    public async Task It_has_no_serious_fault_of_accessibility_and_fits_its_window(ColorScheme scheme, int width)
    {
        string axe = Browser.AxeOrSkip();
        using var root = new TestDirectory();
        // The policy of the page lets nobody add a script but the test.
        await using OpenedPage opened = await browser.OpenOrSkip(Report(root, steps: 200), scheme, width);
        await opened.Chart("Loss").Locator("canvas").WaitForAsync();

        await opened.Page.EvaluateAsync(axe);
        JsonElement faults = (await opened.Page.EvaluateAsync<JsonElement?>("async () => (await axe.run()).violations.filter(fault => fault.impact === 'serious' || fault.impact === 'critical').map(fault => `${fault.id}: ${fault.nodes.slice(0, 3).map(node => node.html).join(' ')}`)"))!.Value;

        Assert.True(faults.GetArrayLength() == 0, faults.GetRawText());
        Assert.True(await opened.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(opened.Faults);
    }

    private static Uri Report(TestDirectory root, int steps)
    {
        using (TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = Hostile, Name = Hostile, TotalSteps = steps }))
        {
            using var clipper = new GradientClipper(new GradientClipperOptions { HistogramEvery = 20 });
            log.Run.Follow(clipper);
            float[][] gradients = [[1, 2], [1, 2]];
            for (int step = 1; step <= steps; step++)
            {
                log.Run.LogStep(1, step, step == steps / 2 ? double.NaN : 1.0 / step, 0.01, clipper.Clip([GradientBuffer.Of(Hostile, gradients[0]), GradientBuffer.Of("second", gradients[1])], step), metrics: [new Metric(Hostile, step), new Metric("accuracy", 0.5)]);
            }

            log.Run.LogValidation(1, steps, 0.5);
            log.Run.LogError(new InvalidOperationException(Hostile), "load");
            log.Run.End(success: true);
        }

        string page = Path.Combine(root.Path, "report.html");
        using FileStream stream = File.Create(page);
        LogIndex.Read(Directory.GetDirectories(root.Path)[0]).WriteHtml(stream);
        return new Uri(page);
    }
}
