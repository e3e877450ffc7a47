using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
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
        Match policy = Regex.Match(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\">");
        Assert.StartsWith("default-src 'none'; ", policy.Groups[1].Value);
        Assert.DoesNotContain("unsafe", policy.Value);
        Assert.DoesNotContain("http", policy.Groups[1].Value);
        Assert.DoesNotContain("@import", page);
        string markup = Regex.Replace(page, "<(style|script)[^>]*>.*?</\\1>", string.Empty, RegexOptions.Singleline);
        Assert.DoesNotContain("http:", markup);
        Assert.DoesNotContain("https:", markup);
        Assert.DoesNotContain(" src=", markup);
        Assert.DoesNotContain(" style=", markup);
        foreach (Match inline in Regex.Matches(page, "<(style|script type=\"module\")>(.*?)</(style|script)>", RegexOptions.Singleline))
        {
            Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inline.Groups[2].Value)))}'", policy.Value);
        }
    }

    [Fact]
    public void The_data_of_its_charts_are_a_bounded_document()
    {
        using var log = new LogDirectory();
        RunLines run = new RunLines("a").Start();
        for (int step = 1; step <= 20_000; step++)
        {
            run.Step(step, step % 1000 == 0 ? double.NaN : 1.0 / step);
        }

        log.With("run.jsonl", run.Lines);
        Assert.Equal(0, ToolRun.Of("analyze", log.Path, "--html", log.PathOf("page.html")).Code);

        Match data = Regex.Match(File.ReadAllText(log.PathOf("page.html")), "<script type=\"application/json\" id=\"charts\">(.*?)</script>");
        Assert.SkipUnless(data.Success, "the page was built without Node, so it has no charts");
        Assert.True(data.Length < 400_000, $"{data.Length} bytes");
        JsonElement loss = JsonElement.Parse(data.Groups[1].Value).EnumerateArray().First(chart => chart.GetProperty("title").GetString() == "Loss").GetProperty("lines")[0];
        int points = loss.GetProperty("position").GetArrayLength();
        Assert.InRange(points, 100, 2000);
        Assert.All(["mean", "minimum", "maximum", "non_finite"], name => Assert.Equal(points, loss.GetProperty(name).GetArrayLength()));
        Assert.Equal(20, loss.GetProperty("non_finite").EnumerateArray().Sum(count => count.GetInt64()));
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
