using FastTrainLog.Tool.Tests.Analysis;
using Xunit;

namespace FastTrainLog.Tool.Tests.Html;

public sealed class HtmlReportTests(SampleLog sample) : IClassFixture<SampleLog>
{
    private const int SeriesBlue = 0x2563EB;

    [Fact]
    public void The_page_asks_for_nothing_beyond_itself()
    {
        using var log = new LogDirectory();
        string page = File.ReadAllText(WritePage(log));

        Assert.StartsWith("<!DOCTYPE html>", page);
        Assert.DoesNotContain("http:", page);
        Assert.DoesNotContain("https:", page);
        Assert.DoesNotContain(" src=", page);
        Assert.DoesNotContain("@import", page);
        Assert.DoesNotContain("NaN,", page);
    }

    [Fact]
    public void Text_from_the_log_cannot_become_markup()
    {
        using var log = new LogDirectory();
        RunLines run = new RunLines("a").Start();
        for (int step = 1; step <= 30; step++)
        {
            run.Step(step, 1.0 / step);
        }

        run.Error("<script>alert(1)</script>", "Data", "{\"<b>\":\"</script><i>\"}", recovered: false).Issue("'\\\"><img>", 3);
        log.With("run.jsonl", run.Lines);
        Assert.Equal(0, ToolRun.Of("analyze", log.Path, "--html", log.PathOf("page.html")).Code);

        string page = File.ReadAllText(log.PathOf("page.html"));
        Assert.DoesNotContain("<script>alert", page);
        Assert.DoesNotContain("<img>", page);
        Assert.DoesNotContain("<i>", page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page);
    }

    [Fact]
    public void Chromium_draws_the_charts_without_an_error()
    {
        using Chromium browser = Chromium.StartOrSkip();
        using var log = new LogDirectory();
        string page = WritePage(log);
        string picture = log.PathOf("page.png");

        string messages = browser.Screenshot(page, picture, 1280, 2600);

        Assert.DoesNotContain("CONSOLE", messages);
        PngPicture png = PngPicture.Read(picture);
        Assert.Equal((1280, 2600), (png.Width, png.Height));

        // The lines of at least six charts: those of the first five alone cover more.
        Assert.True(png.Count(SeriesBlue) > 3000, $"Only {png.Count(SeriesBlue)} pixels have the colour of the series.");
    }

    private string WritePage(LogDirectory log)
    {
        string page = log.PathOf("page.html");
        (int code, _, string error) = ToolRun.Of("analyze", sample.Path, "--html", page);
        Assert.Equal((0, string.Empty), (code, error));
        return page;
    }
}
