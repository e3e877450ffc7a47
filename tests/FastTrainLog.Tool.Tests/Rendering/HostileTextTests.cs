using System.Globalization;
using System.Text;
using System.Text.Json;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Tool.Tests.Runs;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tool.Tests.Rendering;

/// <summary>Names and texts of a log that would command a terminal, forge a line, hide or turn what stands beside them, or be a formula: no way out of the tool shows them as they are.</summary>
public sealed class HostileTextTests : IDisposable
{
    private const string Forged = "[2026-01-01 00:00:00] MAIN - INFO - all is well";

    private readonly LogDirectory _log = new();

    public static TheoryData<string> Texts =>
    [
        "\u001b]0;owned\u0007", "\u001b[2J\u001b[H", $"a\n{Forged}", $"a\r\n{Forged}", $"a\r{Forged}", "a\u0085b", "\u009b31m", "\u0090q\u009c", "a\u2028b\u2029c", "\b\b\b\u007f", "\u0000\u0001\u000b\u000c",
        "exp\u202e1pxe", "\u2066a\u2069", "\u200e\u200f\u061c", "a\u200bb\u200cc\u200dd", "\u2060\u2064\ufeff", "soft\u00adhyphen", "\ufff9a\ufffab\ufffb", "\uffff", "\ufffe", "\ufdd0", "\U0001ffff", "\U0010fffe", "\U000e0001\U000e0041",
        "[red]x[/]", "[[", "]", "[/]", "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{0} {x} %s", "\\x1b", "a\tb", "頁 😀 é",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_of_a_log_is_harmless_wherever_it_is_shown(string text)
    {
        string name = RunRecord.Json(text)[1..^1];
        _log.With("run.jsonl",
            RunRecord.Of(0, text, 1000, "RunStarted", $"\"Model\":\"{name}\",\"Optimizer\":\"{name}\",\"LearningRate\":0.1,\"RunId\":\"{name}\""),
            RunRecord.Of(1, text, 1001, "Step", $"\"Step\":1,\"Loss\":1,\"Phase\":\"{name}\",\"Metrics\":{{\"{name}\":1}}"),
            RunRecord.Of(2, text, 1011, "BestValidation", $"\"Epoch\":1,\"Step\":1,\"Loss\":1,\"Metrics\":{{\"{name}\":1}}"),
            RunRecord.Of(3, text, 1020, "CheckpointSaved", $"\"Epoch\":1,\"Step\":1,\"Loss\":1,\"Path\":\"{name}\""),
            RunRecord.Of(4, text, 1100, "NumericalIssue", $"\"Type\":\"{name}\",\"Severity\":\"{name}\",\"Location\":\"{name}\",\"Step\":1,\"RecoveryAction\":\"{name}\"", "numerical_stability"),
            RunRecord.Of(5, text, 1105, "GradientLayer", $"\"Step\":1,\"Layer\":\"{name}\",\"Norm\":1", "numerical_stability"),
            RunRecord.Of(6, text, 1103, "GradientGuard", $"\"Limit\":\"{name}\",\"Policy\":\"{name}\"", "numerical_stability"),
            RunRecord.Of(7, text, 1200, "ErrorWithContext", $"\"Operation\":\"{name}\",\"Category\":\"{name}\",\"Error\":\"{name}\",\"Context\":{{\"{name}\":\"{name}\"}},\"Suggestion\":\"{name}\"", "errors", level: "ERROR"),
            RunRecord.Of(8, text, 1300, "Performance", $"\"Operation\":\"{name}\",\"DurationSeconds\":1", "performance"),
            RunRecord.Of(9, text, 1401, "ModelOperationSucceeded", $"\"Operation\":\"{name}\",\"Model\":\"{name}\"", "model_operations"),
            RunRecord.Of(10, text, 1503, "GpuUsage", $"\"Device\":0,\"Name\":\"{name}\",\"Utilization\":5", "system"),
            RunRecord.Of(11, text, 1004, "RunFailed", $"\"RunId\":\"{name}\",\"Reason\":\"{name}\""),
            RunRecord.Of(12, "other", 7, text, string.Empty, text, level: "ERROR"),
            RunRecord.Step(13, text, 2, 1));
        _log.With("notes.log", Forged, text);

        AssertHarmless(ToolRun.Of("analyze", _log.Path, "--run", text, "--html", _log.PathOf("page.html")));
        AssertHarmless(ToolRun.Of("analyze", _log.Path, "--run", text, "--json"));
        AssertHarmless(ToolRun.Of("analyze", _log.Path, "--run", "nowhere" + text), failed: true);
        AssertHarmless(ToolRun.Of("compare", _log.Path));
        AssertHarmless(ToolRun.Of("compare", _log.Path, "--json"));
        AssertHarmless(ToolRun.Of("compare", _log.Path + "#nowhere"), failed: true);
        (int, string Output, string) tailed = AssertHarmless(ToolRun.Of("tail", _log.Path, "--no-follow", "-n", "100"));
        Assert.Equal(14, tailed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.StartsWith("[2026-11-24", StringComparison.Ordinal)));
        Assert.DoesNotContain(tailed.Output.Split('\n'), line => line.StartsWith(Forged, StringComparison.Ordinal));
        string json = AssertHarmless(ToolRun.Of("tail", _log.Path, "--no-follow", "-n", "100", "--json")).Output;
        // Harmless, and still the same to a program.
        Assert.Equal(text, JsonDocument.Parse(json.Split('\n')[0]).RootElement.GetProperty("run").GetString());
        AssertHarmless(ToolRun.Of("tail", _log.Path, "--no-follow", "--file", "notes.log"));
        foreach ((string format, string output) in new[] { ("csv", "tables"), ("csv", "steps.csv"), ("sqlite", "run.db"), ("jsonl", "all.jsonl"), ("tensorboard", "events") })
        {
            AssertHarmless(ToolRun.Of("export", _log.Path, "--format", format, "--out", _log.PathOf(output)));
        }

        foreach (string table in Directory.GetFiles(_log.PathOf("tables")))
        {
            AssertHarmless(File.ReadAllText(table), exceptLineEnds: true);
        }

        string page = File.ReadAllText(_log.PathOf("page.html"));
        AssertHarmless(page);
        Assert.DoesNotContain("<script>alert", page);
        Assert.DoesNotContain("<img", page);

        // A line that cannot be read: whatever the machine, the doctor finds something.
        File.AppendAllText(_log.PathOf("run.jsonl"), $"{{{text}\n");
        AssertHarmless(ToolRun.Of("doctor", _log.Path), failed: true);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_category_is_harmless_in_text_files_and_on_the_console(string text)
    {
        if (text.Contains('\uD800'))
        {
            return;
        }

        using (TrainLogging logging = TrainLogging.Create(options => (options.LogDirectory, options.EnableConsoleLogging) = (_log.Path, false)))
        {
            using var factory = LoggerFactory.Create(builder => builder.AddProvider(new TrainLoggerProvider(logging)));
            factory.CreateLogger(text).LogError("a message");
        }

        foreach (string file in new[] { "main.log", "errors.log" })
        {
            string content = File.ReadAllText(_log.PathOf(file));
            AssertHarmless(content);
            Assert.Contains("a message", content);
            Assert.DoesNotContain(content.Split('\n'), line => line.StartsWith(Forged, StringComparison.Ordinal));
        }

        AssertHarmless(File.ReadAllText(_log.PathOf("run.jsonl")));
        AssertHarmless(ToolRun.Of("tail", _log.Path, "--no-follow"));
    }

    [Fact]
    public void Every_character_there_is_may_stand_in_a_name()
    {
        // A model of 4 MB: each character once.
        var all = new StringBuilder();
        for (int c = 1; c <= 0x10FFFF; c++)
        {
            if (Rune.IsValid(c))
            {
                all.Append(new Rune(c)).Append(c % 50 == 0 ? " " : string.Empty);
            }
        }

        string text = all.ToString();
        AssertHarmless(ShownText.Of(text));
        Assert.Equal(ShownText.Of(text), ShownText.Of(ShownText.Of(text)));
        string json = ShownText.Json(JsonSerializer.Serialize(text, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        AssertHarmless(json);
        Assert.Equal(text, JsonSerializer.Deserialize<string>(json));
        _log.With("run.jsonl", RunRecord.Start(0, "a", "\"Optimizer\":\"x\"").Replace("\"Net\"", RunRecord.Json(text), StringComparison.Ordinal), RunRecord.Step(1, "a", 1, 1));
        AssertHarmless(ToolRun.Of("analyze", _log.Path, "--html", _log.PathOf("page.html")));
        AssertHarmless(ToolRun.Of("compare", _log.Path));
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "'\r=1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("fc1.weight", "fc1.weight")]
    [InlineData("a=b", "a=b")]
    [InlineData("'quoted'", "'quoted'")]
    public void A_text_is_no_formula_in_a_spreadsheet_and_a_number_stays_one(string text, string cell)
    {
        string name = RunRecord.Json(text);
        _log.With("run.jsonl",
            RunRecord.Of(0, "a", 1105, "GradientLayer", $"\"Step\":-1,\"Layer\":{name},\"Norm\":-1.5e-3,\"AbsoluteMaximum\":\"-Infinity\"", "numerical_stability"),
            RunRecord.Of(1, "a", 1001, "Step", $"\"Step\":1,\"Loss\":-0.5,\"Phase\":{name},\"Metrics\":{{{name}:-7}}"),
            RunRecord.Of(2, text, 1001, "Step", "\"Step\":2,\"Loss\":\"NaN\""));

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "csv", "--out", _log.PathOf("tables")).Code);

        string quoted = cell.IndexOfAny([',', '"', '\r', '\n']) < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        string layers = File.ReadAllText(_log.PathOf("tables/layers.csv"));
        Assert.Contains($",-1,{quoted},-1.5e-3,-Infinity,", layers);
        string steps = File.ReadAllText(_log.PathOf("tables/steps.csv"));
        Assert.StartsWith($",{quoted}\r\n", steps[(steps.IndexOf(",rank,", StringComparison.Ordinal) + 5)..]);
        Assert.Contains($",{quoted},-0.5,", steps);
        Assert.Contains(",-7\r\n", steps);
        Assert.Contains($"Z,{quoted},INFO", steps);
        Assert.Contains(",NaN,", steps);
    }

    public void Dispose() => _log.Dispose();

    private static (int Code, string Output, string Error) AssertHarmless((int Code, string Output, string Error) run, bool failed = false)
    {
        Assert.True(failed == (run.Code != 0), run.Output + run.Error);
        AssertHarmless(run.Output);
        AssertHarmless(run.Error);
        return run;
    }

    private static void AssertHarmless(string shown, bool exceptLineEnds = false)
    {
        foreach (Rune rune in shown.EnumerateRunes())
        {
            bool isLayout = rune.Value is '\n' or '\t' || (exceptLineEnds && rune.Value == '\r');
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            bool isUnwanted = (category is UnicodeCategory.Control && !isLayout)
                || category is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || rune.Value is 0xAD or 0x61C or 0x180E or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF or (>= 0xFFF9 and <= 0xFFFB)
                || rune.Value is (>= 0xE0000 and <= 0xE007F) or (>= 0xFDD0 and <= 0xFDEF) || (rune.Value & 0xFFFE) == 0xFFFE;
            if (isUnwanted)
            {
                Assert.Fail($"U+{rune.Value:X4} in {JsonSerializer.Serialize(shown.Split('\n').First(line => line.EnumerateRunes().Contains(rune)))}");
            }
        }
    }
}
