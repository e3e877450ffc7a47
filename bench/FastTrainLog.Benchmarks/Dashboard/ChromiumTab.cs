using System.Globalization;
using Microsoft.Playwright;

namespace FastTrainLog.Benchmarks.Dashboard;

/// <summary>A tab of the machine's Chromium, driven by Playwright.</summary>
internal sealed class ChromiumTab : IDisposable
{
    private const float Longest = 600_000;
    private const int Width = 1400;
    private const int Height = 900;
    private const double BytesOfKilobyte = 1024.0;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IPage _page;
    private readonly HashSet<int> _others;

    private ChromiumTab(IPlaywright playwright, IBrowser browser, IPage page, HashSet<int> others) => (_playwright, _browser, _page, _others) = (playwright, browser, page, others);

    /// <summary>Opens a tab; null where there is no Chromium.</summary>
    public static async Task<ChromiumTab?> Open()
    {
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        if (Names.SelectMany(name => directories.Select(directory => Path.Combine(directory, name))).FirstOrDefault(File.Exists) is not { } path)
        {
            return null;
        }

        HashSet<int> others = [.. Renderers()];
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox", "--disable-gpu"] });
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = Width, Height = Height } });
        page.SetDefaultTimeout(Longest);
        return new ChromiumTab(playwright, browser, page, others);
    }

    /// <summary>Gets the memory that the tab's process has for itself, in MB; 0 where the system does not say.</summary>
    public double ResidentMb => Renderers().Where(process => !_others.Contains(process)).Select(PrivateMb).DefaultIfEmpty().Max();

    /// <summary>Loads an address anew, and returns the time from there until a chart is drawn with points.</summary>
    public Task<TimeSpan> TimeToFirstChart(string address) =>
        TimeTo(address, "[...document.querySelectorAll('figure.chart')].some(chart => Number(chart.dataset.points) > 0 && chart.querySelector('canvas'))");

    /// <summary>Loads an address anew, scrolls to the map of histograms, and returns the time until it is drawn.</summary>
    public Task<TimeSpan> TimeToHistograms(string address) =>
        TimeTo(address, "(map => map && (map.scrollIntoView(), Number(map.dataset.columns) > 0))(document.querySelector(\"figure.heat[data-heat='Gradient magnitudes']\"))");

    /// <summary>Scrolls down the page for some seconds as fast as a hand does, and returns the times between its frames.</summary>
    public async Task<TimeSpan[]> Scroll(TimeSpan duration)
    {
        double[] frames = await _page.EvaluateAsync<double[]>(
            """
            duration => new Promise(done => {
              const frames = [];
              let last = performance.now();
              const end = last + duration;
              const draw = now => {
                frames.push(now - last);
                last = now;
                scrollBy(0, 25);
                now < end ? requestAnimationFrame(draw) : done(frames.slice(1));
              };
              requestAnimationFrame(draw);
            })
            """,
            duration.TotalMilliseconds);
        return [.. frames.Select(TimeSpan.FromMilliseconds)];
    }

    public void Dispose()
    {
        _browser.CloseAsync().GetAwaiter().GetResult();
        _playwright.Dispose();
    }

    private async Task<TimeSpan> TimeTo(string address, string isDrawn)
    {
        await _page.GotoAsync("about:blank");
        await _page.GotoAsync(address, new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
        IJSHandle drawn = await _page.WaitForFunctionAsync($"() => {isDrawn} && performance.now()", null, new PageWaitForFunctionOptions { PollingInterval = 10 });
        return TimeSpan.FromMilliseconds(await drawn.JsonValueAsync<double>());
    }

    private static IEnumerable<int> Renderers() => !OperatingSystem.IsLinux() ? [] : Directory.EnumerateDirectories("/proc")
        .Select(directory => int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? process : 0)
        .Where(process => process > 0 && Read($"/proc/{process}/cmdline").Contains("--type=renderer", StringComparison.Ordinal));

    private static double PrivateMb(int process) => Read($"/proc/{process}/status").Split('\n').Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * BytesOfKilobyte / 1e6).FirstOrDefault();

    // A process may end between two looks.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
