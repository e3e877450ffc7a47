using System.Globalization;
using System.Text;
using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>Messages that lines of JSON leave out are made again to the letter, by every reader.</summary>
public sealed class TemplateLineTests : IDisposable
{
    private static readonly double[] Doubles =
    [
        0, -0.0, 1, -1, 0.5, 1e-7, 123456.789, 1e15, 1e16, 1e21, -2.5e-300, double.MaxValue, double.Epsilon, double.NaN, double.PositiveInfinity, double.NegativeInfinity, Math.PI, 0.1, 9007199254740993,
    ];

    private static readonly string[] Texts =
    [
        "", "plain", "a \"quoted\" \\ one", "zwei\nZeilen\r\n\tund mehr", "säule 頁 😀", "\ud800 half", "{Hole} {{x}} [?", "NaN", "Infinity", "1.50", "null", "00:00:01", "12:34:56.789", "\u001b[31mred\u2028\u0000",
    ];

    private readonly LogDirectory _text = new();
    private readonly LogDirectory _template = new();

    public void Dispose()
    {
        _text.Dispose();
        _template.Dispose();
    }

    [Theory]
    [InlineData(".", "-")]
    [InlineData(",", "−")]
    public void Every_message_is_the_one_that_would_have_been_written(string decimalSeparator, string negativeSign)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NegativeSign) = (decimalSeparator, negativeSign);
        CultureInfo.CurrentCulture = culture;
        try
        {
            Log(_text, JsonMessageForm.Text);
            Log(_template, JsonMessageForm.Template);
            List<string> expected = Messages(_text);
            Assert.Equal(expected, Messages(_template));
            Assert.InRange(expected.Count, 1000, int.MaxValue);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        string[] lines = File.ReadAllLines(_template.PathOf("run.jsonl"));
        Assert.All(lines, line => Assert.True(Has(line, "message") ^ Has(line, "template")));
        Assert.True(lines.Count(line => Has(line, "template")) > lines.Length / 2, "most messages are left out");

        // What JSON does not tell apart is written.
        Assert.Contains(lines, line => Has(line, "message"));
    }

    [Fact]
    public void A_run_leaves_out_the_messages_of_its_steps_and_reads_alike_everywhere()
    {
        foreach ((LogDirectory log, JsonMessageForm form) in new[] { (_text, JsonMessageForm.Text), (_template, JsonMessageForm.Template) })
        {
            using TrainLogging logging = Create(log, form);
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 100, BatchSize = 8, RunId = "the-run" });
            for (int step = 1; step <= 100; step++)
            {
                run.LogStep(1, step, 1.0 / step, 1e-3, accuracy: 0.5, metrics: [("perplexity", step * 1.5), ("tokens", step)]);
            }

            run.LogValidation(1, 100, 0.25);
            run.LogError(new InvalidOperationException("broken"), "loader");
            run.End(success: true);
        }

        Assert.All(File.ReadLines(_template.PathOf("run.jsonl")).Where(line => line.Contains("\"event\":\"Step\"", StringComparison.Ordinal)), line => Assert.True(Has(line, "template")));
        foreach (string[] command in new[] { new[] { "tail", "--no-follow", "-n", "1000", "--event", "RunCompleted" }, ["tail", "--no-follow", "-n", "1000", "--grep", "perplexity: 3"], ["tail", "--no-follow", "-n", "1000", "--event", "Step", "--grep", "Step 7/100"] })
        {
            (int code, string output, string error) = ToolRun.Of([command[0], _template.Path, .. command[1..]]);
            Assert.Equal((0, ""), (code, error));
            Assert.DoesNotContain("{", output, StringComparison.Ordinal);
            Assert.NotEqual("", output);
        }

        Assert.Equal(
            _text.Analyze().Errors.Patterns.Select(pattern => pattern.Example),
            _template.Analyze().Errors.Patterns.Select(pattern => pattern.Example));
    }

    [Fact]
    public void A_line_that_somebody_changed_shows_its_template()
    {
        _template.With(
            "run.jsonl",
            """{"timestamp":"2026-11-24T06:00:00.0000000Z","level":"INFO","logger":"main","thread":1,"eventId":7,"event":"Test","template":"a {B} c","properties":{}}""",
            """{"timestamp":"2026-11-24T06:00:01.0000000Z","level":"INFO","logger":"main","thread":1,"eventId":7,"event":"Test","template":"a {B:Z9} c","properties":{"B":1}}""",
            """{"timestamp":"2026-11-24T06:00:02.0000000Z","level":"INFO","logger":"main","thread":1,"eventId":7,"event":"Test","template":"a {learningRate:F2} c","properties":{"learning_rate":1}}""");
        Assert.Equal(["a {B} c", "a {B:Z9} c", "a 1.00 c"], _template.ReadMessages(out _));
    }

    private static void Log(LogDirectory log, JsonMessageForm form)
    {
        using TrainLogging logging = Create(log, form);
        TrainLogger logger = logging.GetLogger("own");
        var random = new Random(5);
        for (int i = 0; i < 300; i++)
        {
            double Any() => random.Next(3) == 0 ? Doubles[random.Next(Doubles.Length)] : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-12, 12));
            string Text() => Texts[random.Next(Texts.Length)];
            long whole = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            TemplateMessages.Integers(logger, whole, (sbyte)whole, (ulong)whole, Math.Abs(whole >> 2), whole > 0);
            TemplateMessages.Doubles(logger, Any(), Any(), Any(), Any(), Any(), Any(), Any(), Any());
            TemplateMessages.OtherNumbers(logger, (float)Any(), (float)Any(), (Half)Any(), (decimal)(whole >> 8) / 100, whole >> 40, Text() is [var c, ..] ? c : 'x');
            TemplateMessages.Texts(logger, Text(), random.Next(4) == 0 ? null : Text(), random.Next(3) == 0 ? null : Text());
            var span = new TimeSpan(whole >> 12);
            DateTime time = DateTime.UnixEpoch.AddSeconds(random.Next());
            TemplateMessages.Others(logger, span, span, new TimeSpan(Math.Abs(whole >> 20)), time, time, new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), (LogLevel)random.Next(9), (LogLevel)random.Next(9));
            Metric[] metrics = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new Metric(random.Next(3) == 0 ? "same" : Text(), Any()))];
            TemplateMessages.WithMetrics(logger, Any(), metrics, metrics.AsSpan(0, Math.Min(1, metrics.Length)), random.Next(2) == 0 ? null : whole);
            TemplateMessages.Nested(logger, [1, 2, i], new TemplateMessages.Box(i, Text()), Text());
            TemplateMessages.Paths(logger, Any(), whole);
            logger.LogInformation("plain {Value:F2} {Text}", Any(), Text());
        }
    }

    private static TrainLogging Create(LogDirectory log, JsonMessageForm form) => TrainLogging.Create(options =>
        (options.LogDirectory, options.EnableConsoleLogging, options.EnableFileLogging, options.ResourceInterval, options.MaxFileSize, options.JsonMessage) = (log.Path, false, false, TimeSpan.Zero, 0, form));

    private static List<string> Messages(LogDirectory log)
    {
        using var reader = new LogReader(log.Path);
        var messages = new List<string>();
        while (reader.Read())
        {
            if (reader.Current.Category == "own")
            {
                messages.Add(reader.Current.GetMessage());
            }
        }

        return messages;
    }

    private static bool Has(string line, string member)
    {
        using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetBytes(line));
        return json.RootElement.TryGetProperty(member, out _);
    }
}
