using System.Text.Json;
using FastTrainLog.Training;
using Microsoft.Playwright;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>axe-core finds nothing serious in any view.</summary>
public sealed class AccessibilityTests(Browser browser)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task No_view_has_a_serious_fault(ColorScheme scheme, int width)
    {
        string axe = Browser.AxeOrSkip();
        using var root = new TestDirectory();
        foreach (string name in new[] { "one", "two" })
        {
            using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", Name = name, TotalSteps = 100, Optimizer = name });
            log.Steps(1, 60, step => step == 30 ? double.NaN : 1.0 / step);
            log.Run.LogValidation(1, 60, 0.5);
            log.Run.LogError(new InvalidOperationException("it broke"), "load");
            log.Run.End(success: true);
        }

        using TestLog live = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", Name = "live", EnableControl = true });
        live.Steps(1, 3, step => step);
        live.Run.Control.Value("learning_rate", 0.1);
        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address, scheme, width);
        await opened.Page.Locator(".rows .row .c-errors.bad").Nth(1).WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        string[] keys = await opened.Page.Locator(".rows .row").EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.run)");
        string one = Uri.EscapeDataString(keys[1]);
        var faults = new List<string>();
        foreach ((string view, string ready) in new[] { ("runs", ".row .c-run a"), ($"charts?run={one}", "figure.chart canvas"), ($"compare?run={one}&run={Uri.EscapeDataString(keys[2])}", "tr.different"), ($"errors?run={one}", ".pattern"), ($"log?run={one}", ".record"), ($"charts?run={Uri.EscapeDataString(keys[0])}", "section.control .control-value input") })
        {
            await opened.Go(view);
            await opened.Page.Locator(ready).First.WaitForAsync();
            await opened.Page.EvaluateAsync(axe);
            JsonElement result = (await opened.Page.EvaluateAsync<JsonElement?>("async () => (await axe.run()).violations.filter(fault => fault.impact === 'serious' || fault.impact === 'critical').map(fault => `${fault.id}: ${fault.help}: ${fault.nodes.slice(0, 3).map(node => node.html).join(' ')}`)"))!.Value;
            faults.AddRange(result.EnumerateArray().Select(fault => $"{view}: {fault.GetString()}"));
        }

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
        Assert.Empty(opened.Faults);
    }
}
