using FastTrainLog.Tests.Shared;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(FastTrainLog.Dashboard.Tests.Browser))]

namespace FastTrainLog.Dashboard.Tests;

/// <summary>The machine's Chromium, driven by Playwright.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>The milliseconds that a page may take for anything on a machine that does much else.</summary>
    public const int Longest = 180_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        string? path = Names.SelectMany(name => directories.Select(directory => Path.Combine(directory, name))).FirstOrDefault(File.Exists);
        if (path is not null)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox", "--disable-gpu"], Timeout = Longest });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens the page of a server, or a page that is a file; skips the test where there is no browser, or no Node was.</summary>
    internal async Task<OpenedPage> OpenOrSkip(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        Assert.SkipWhen(_browser is null, "chromium is not on this machine: apt-get install chromium");
        Assert.SkipWhen(await IsWithoutNode(address), "the pages were built without Node, so they draw nothing");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = height }, AcceptDownloads = true });
        context.SetDefaultTimeout(Longest);
        IPage page = await context.NewPageAsync();
        var opened = new OpenedPage(page, address);
        await page.GotoAsync(address.AbsoluteUri);
        return opened;
    }

    /// <summary>The script of axe-core, which is among the page's npm packages.</summary>
    internal static string AxeOrSkip()
    {
        string path = Path.Combine(Repository.Root, "src", "FastTrainLog.Dashboard", "Page", "node_modules", "axe-core", "axe.min.js");
        Assert.SkipUnless(File.Exists(path), "axe-core is not installed: it comes with the npm packages of the page");
        return File.ReadAllText(path);
    }

    private static async Task<bool> IsWithoutNode(Uri address)
    {
        using var client = new HttpClient();
        return (address.IsFile ? await File.ReadAllTextAsync(address.LocalPath) : await client.GetStringAsync(address)).Contains("without Node", StringComparison.Ordinal);
    }
}
