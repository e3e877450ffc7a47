using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Training;
using Microsoft.Playwright;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>The page over runs that go on.</summary>
public sealed class LivePageTests(Browser browser)
{
    private const string Loss = "train/loss";

    [Fact]
    public async Task A_run_is_drawn_while_its_process_trains_and_obeys_the_page()
    {
        using var root = new TestDirectory();
        using DashboardProcess server = await DashboardProcess.Start(0, root.Path);
        await using OpenedPage opened = await browser.OpenOrSkip(server.Address);
        await opened.Page.GetByText("There is no run in these directories yet").WaitForAsync();

        string sample = BuildOutput.Of("DigitsTraining");
        using var training = Process.Start(new ProcessStartInfo("dotnet", [sample, "--epochs", "100000", "--log-dir", Path.Combine(root.Path, "digits")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        training.OutputDataReceived += (_, _) => { };
        training.ErrorDataReceived += (_, _) => { };
        training.BeginOutputReadLine();
        training.BeginErrorReadLine();
        try
        {
            await opened.Page.Locator(".rows .row .state.running").WaitForAsync();
            await opened.Page.Locator(".rows .row .c-run a").ClickAsync();
            await opened.WaitForPoints(Loss, 1);
            long before = await Points(opened);
            await opened.WaitForPoints(Loss, before + 20);

            ILocator control = opened.Page.Locator("section.control");
            await control.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
            await opened.Page.Locator("section.control[data-state=paused]").WaitForAsync();
            await control.GetByLabel("Value of learning_rate").FillAsync("0.000321");
            await control.GetByRole(AriaRole.Button, new() { Name = "Set learning_rate" }).ClickAsync();
            await control.GetByRole(AriaRole.Button, new() { Name = "Back to the program's own" }).WaitForAsync();
            await control.GetByLabel("Note for the log").FillAsync("<b>lower</b>");
            await control.GetByRole(AriaRole.Button, new() { Name = "Write" }).ClickAsync();
            await control.GetByRole(AriaRole.Button, new() { Name = "Save checkpoint" }).ClickAsync();
            long paused = await Points(opened);
            await control.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
            await opened.WaitForPoints(Loss, paused + 20);
            await control.GetByRole(AriaRole.Button, new() { Name = "Stop…" }).ClickAsync();
            await control.GetByRole(AriaRole.Button, new() { Name = "Stop the run" }).ClickAsync();
            await opened.Page.Locator(".run-head .state.stopped").WaitForAsync();
            await training.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            training.Kill();
            training.WaitForExit();
        }

        JsonElement[] records = [.. (await File.ReadAllLinesAsync(Path.Combine(root.Path, "digits", "run.jsonl"), TestContext.Current.CancellationToken)).Select(line => JsonElement.Parse(line))];
        JsonElement[] commands = [.. records.Where(record => record.GetProperty("event").GetString() == "ControlCommand").Select(record => record.GetProperty("properties"))];
        Assert.Equal(["pause", "set", "note", "checkpoint", "resume", "stop"], commands.Select(command => command.GetProperty("Command").GetString()));
        Assert.All(commands, command => Assert.Equal("dashboard, 127.0.0.1", command.GetProperty("Source").GetString()));
        double[] rates = [.. records.Where(record => record.GetProperty("properties").TryGetProperty("LearningRate", out _)).Select(record => record.GetProperty("properties").GetProperty("LearningRate").GetDouble())];
        Assert.Contains(0.000321, rates);
        Assert.Empty(opened.Faults);
    }

    [Fact]
    public async Task After_the_server_was_killed_the_page_goes_on_with_nothing_missing_and_nothing_twice()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", Name = "kept" });
        log.Steps(1, 50, step => 1.0 / step);
        DashboardProcess first = await DashboardProcess.Start(0, root.Path);
        using DashboardProcess disposed = first;
        await using OpenedPage opened = await browser.OpenOrSkip(first.Address);
        await opened.Page.Locator(".rows .row .c-run a").ClickAsync();
        await opened.WaitForPoints(Loss, 50);
        log.Steps(51, 80, step => 1.0 / step);
        await opened.WaitForPoints(Loss, 80);

        first.Kill();
        await opened.Page.Locator(".connection[data-connection=connecting]").WaitForAsync();
        log.Steps(81, 120, step => 1.0 / step);
        using DashboardProcess second = await DashboardProcess.Start(first.Address.Port, root.Path);
        await opened.WaitForPoints(Loss, 120);
        log.Steps(121, 150, step => 1.0 / step);
        await opened.WaitForPoints(Loss, 150);

        (long First, long Last, long Count, double Value)[] shown = await opened.ReadChart(Loss);
        Assert.Equal(Enumerable.Range(1, 150).Select(step => ((long)step, 1.0 / step)), shown.Select(point => (point.Last, point.Value)));
        Assert.Empty(opened.Faults);
    }

    private static async Task<long> Points(OpenedPage opened) => long.Parse((await opened.Chart(Loss).GetAttributeAsync("data-points"))!, System.Globalization.CultureInfo.InvariantCulture);
}
