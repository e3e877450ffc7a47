using System.Diagnostics;
using Xunit;

namespace FastTrainLog.Tool.Tests.Html;

/// <summary>Chromium without a window, with a profile of its own that goes with it.</summary>
internal sealed class Chromium : IDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _path;
    private readonly string _profile = Directory.CreateTempSubdirectory("ftl-chromium-").FullName;

    private Chromium(string path) => _path = path;

    public static Chromium StartOrSkip()
    {
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        string? path = Names.SelectMany(name => directories.Select(directory => Path.Combine(directory, name))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "chromium is not on this machine: apt-get install chromium");
        return new Chromium(path!);
    }

    /// <summary>Opens a page and takes a picture of it.</summary>
    /// <returns>What the browser wrote, with the messages of the page's console in it.</returns>
    public string Screenshot(string page, string picture, int width, int height)
    {
        using var process = Process.Start(new ProcessStartInfo(
            _path,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--hide-scrollbars", "--force-device-scale-factor=1", "--enable-logging=stderr", $"--user-data-dir={_profile}", $"--window-size={width},{height}", $"--screenshot={picture}", new Uri(page).AbsoluteUri,
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        using var timer = new Timer(_ => process.Kill(entireProcessTree: true), null, Longest, Timeout.InfiniteTimeSpan);
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        string messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && File.Exists(picture), $"Chromium ended with {process.ExitCode}: {messages}");
        return messages;
    }

    /// <summary>Deletes the profile, as soon as the browser's helper processes, which may outlive it by a moment, write into it no more.</summary>
    public void Dispose()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
                return;
            }
            catch (IOException) when (waited.Elapsed < Longest)
            {
                Thread.Yield();
            }
        }
    }
}
