using System.Globalization;
using Microsoft.Playwright;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>A page that is open, and what it did that it must not do.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly List<string> _faults = [];
    private readonly Uri _address;

    public OpenedPage(IPage page, Uri address)
    {
        Page = page;
        _address = address;
        page.PageError += (_, error) => Note($"error: {error}");
        page.Dialog += (_, dialog) =>
        {
            Note($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                Note($"request: {request.Url}");
            }
        };
        page.Console += (_, message) =>
        {
            // What the browser reports of a server that was killed is no fault of the page.
            if (message.Type == "error" && !message.Text.Contains("net::ERR_", StringComparison.Ordinal))
            {
                Note($"console: {message.Text}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Gets the errors, dialogs and requests to elsewhere.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults)
            {
                return [.. _faults];
            }
        }
    }

    public ILocator Chart(string series) => Page.Locator($"figure.chart[data-series=\"{series}\"]");

    /// <summary>Goes to another view.</summary>
    public Task Go(string view) => Page.GotoAsync($"{_address.AbsoluteUri}#{view}");

    /// <summary>Waits until a chart has drawn so many points.</summary>
    public Task WaitForPoints(string series, long points) => Page.WaitForFunctionAsync(
        "([series, points]) => Number(document.querySelector(`figure.chart[data-series=\"${series}\"]`)?.dataset.points ?? 0) >= points", new object[] { series, points });

    /// <summary>Reads what a chart shows, through its export to CSV: steps, numbers of points, and last values.</summary>
    public async Task<(long First, long Last, long Count, double Value)[]> ReadChart(string series)
    {
        ILocator menu = Chart(series).Locator("details.menu");
        await menu.Locator("summary").ClickAsync();
        IDownload download = await Page.RunAndWaitForDownloadAsync(() => menu.GetByText("CSV").ClickAsync());
        await menu.Locator("summary").ClickAsync();
        string[] lines = await File.ReadAllLinesAsync((await download.PathAsync())!);
        return [.. lines.Skip(1).Select(line => line.Split(',')).Select(cells => (long.Parse(cells[2], CultureInfo.InvariantCulture), long.Parse(cells[3], CultureInfo.InvariantCulture), cells[4] is "" ? 0 : long.Parse(cells[4], CultureInfo.InvariantCulture), double.Parse(cells[5], CultureInfo.InvariantCulture)))];
    }

    /// <summary>Drags over a part of a chart, in shares of its width.</summary>
    public async Task Drag(string series, float from, float to)
    {
        ILocator over = Chart(series).Locator(".u-over");
        await over.ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult box = (await over.BoundingBoxAsync())!;
        float y = box.Y + (box.Height / 2);
        await Page.Mouse.MoveAsync(box.X + (box.Width * from), y);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(box.X + (box.Width * to), y, new MouseMoveOptions { Steps = 5 });
        await Page.Mouse.UpAsync();
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    private void Note(string fault)
    {
        lock (_faults)
        {
            _faults.Add(fault);
        }
    }
}
