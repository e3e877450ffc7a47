using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Xunit;
using ZLogger;
using ZLogger.Formatters;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>The same call four ways into ZLogger: by its own generator, by the platform's, by [TrainLog] on its logger, and by [TrainLog] through FastTrainLog.</summary>
public sealed class SameCallTests
{
    private static readonly DateTime When = new(2026, 11, 29, 12, 34, 56, 789, DateTimeKind.Utc);
    private static readonly Guid Id = new("0f8fad5b-d9cb-469f-a165-70867728950e");

    public static TheoryData<string> Calls => ["numbers", "more numbers", "texts and nulls", "times", "values and nulls"];

    [Theory]
    [MemberData(nameof(Calls))]
    public void Text_and_every_parameter_are_those_that_ZLogger_writes_itself(string call)
    {
        JsonElement expected = Line(CallsByZLogger[call]);
        JsonElement platform = Line(CallsByPlatform[call]);
        JsonElement attributed = Line(CallsByTrainLog[call]);
        JsonElement pipeline = LineThroughFastTrainLog(CallsByTrainLog[call]);

        AssertAlike(expected, attributed, exceptMessage: true);
        AssertAlike(expected, pipeline, exceptMessage: true);

        // The text is the platform's: a null is (null) there and nothing with ZLogger. All else reads the same with both.
        string? text = platform.GetProperty("Message").GetString();
        Assert.Equal(text, attributed.GetProperty("Message").GetString());
        Assert.Equal(text, pipeline.GetProperty("Message").GetString());
        Assert.Equal(expected.GetProperty("Message").GetString(), text!.Replace("(null)", "", StringComparison.Ordinal));
    }

    [Fact]
    public void An_enum_is_its_name_as_with_ZLoggers_generator()
    {
        JsonElement expected = Line(static logger => OfZLogger.Day(logger, DayOfWeek.Friday, (DayOfWeek)42));
        AssertAlike(expected, Line(static logger => OfTrainLog.Day(logger, DayOfWeek.Friday, (DayOfWeek)42)));
        AssertAlike(expected, LineThroughFastTrainLog(static logger => OfTrainLog.Day(logger, DayOfWeek.Friday, (DayOfWeek)42)));
        Assert.Equal("Friday", expected.GetProperty("day").GetString());
    }

    [Fact]
    public void A_plain_call_keeps_its_text_template_and_values_through_FastTrainLog()
    {
        static void Call(ILogger logger) => logger.LogWarning(new EventId(3, "slow"), "{reader} waited {seconds:F1} s for {batch}", "digits", 2.25, (long?)7);
        var own = new TemplateFormatter();
        var ours = new TemplateFormatter();
        AssertAlike(Line(Call), LineThroughFastTrainLog(Call));
        using (ILoggerFactory factory = Direct(new FormattingProcessor(own)))
        {
            Call(factory.CreateLogger("main"));
        }

        using (TrainLogging logging = Through(new FormattingProcessor(ours)))
        {
            Call(logging.GetLogger("main"));
        }

        Assert.Equal(["{reader} waited {seconds:F1} s for {batch}"], own.Templates);
        Assert.Equal(own.Templates, ours.Templates);
    }

    [Fact]
    public void A_number_that_JSON_lacks_costs_ZLogger_the_line_and_an_attributed_method_nothing()
    {
        Exception? trouble = null;
        using var stream = new MemoryStream();
        using (ILoggerFactory factory = LoggerFactory.Create(b => b.AddZLoggerStream(stream, o =>
        {
            o.UseJsonFormatter();
            o.InternalErrorLogger = exception => trouble = exception;
        })))
        {
            OfZLogger.Numbers(factory.CreateLogger("main"), 1, double.NaN, 0f);
        }

        Assert.IsType<ArgumentException>(trouble);
        Assert.Equal("NaN", Line(static logger => OfTrainLog.Numbers(logger, 1, double.NaN, 0f)).GetProperty("loss").GetString());
        Assert.Equal("-Infinity", LineThroughFastTrainLog(static logger => OfTrainLog.Numbers(logger, 1, double.NegativeInfinity, 0f)).GetProperty("loss").GetString());
    }

    private static Dictionary<string, Action<ILogger>> CallsByZLogger { get; } = new()
    {
        ["numbers"] = static logger => OfZLogger.Numbers(logger, -7, 0.1, 1.5e-7f),
        ["more numbers"] = static logger => OfZLogger.MoreNumbers(logger, long.MinValue, 255, 79228162514264337593543950335m, ulong.MaxValue),
        ["texts and nulls"] = static logger => OfZLogger.Texts(logger, "quote \" \\ \u0001 頁 😀", null, 'x', true),
        ["times"] = static logger => OfZLogger.Times(logger, When, TimeSpan.FromSeconds(90.5), Id),
        ["values and nulls"] = static logger => OfZLogger.Values(logger, null, 3, null),
    };

    private static Dictionary<string, Action<ILogger>> CallsByPlatform { get; } = new()
    {
        ["numbers"] = static logger => OfPlatform.Numbers(logger, -7, 0.1, 1.5e-7f),
        ["more numbers"] = static logger => OfPlatform.MoreNumbers(logger, long.MinValue, 255, 79228162514264337593543950335m, ulong.MaxValue),
        ["texts and nulls"] = static logger => OfPlatform.Texts(logger, "quote \" \\ \u0001 頁 😀", null, 'x', true),
        ["times"] = static logger => OfPlatform.Times(logger, When, TimeSpan.FromSeconds(90.5), Id),
        ["values and nulls"] = static logger => OfPlatform.Values(logger, null, 3, null),
    };

    private static Dictionary<string, Action<ILogger>> CallsByTrainLog { get; } = new()
    {
        ["numbers"] = static logger => OfTrainLog.Numbers(logger, -7, 0.1, 1.5e-7f),
        ["more numbers"] = static logger => OfTrainLog.MoreNumbers(logger, long.MinValue, 255, 79228162514264337593543950335m, ulong.MaxValue),
        ["texts and nulls"] = static logger => OfTrainLog.Texts(logger, "quote \" \\ \u0001 頁 😀", null, 'x', true),
        ["times"] = static logger => OfTrainLog.Times(logger, When, TimeSpan.FromSeconds(90.5), Id),
        ["values and nulls"] = static logger => OfTrainLog.Values(logger, null, 3, null),
    };

    private static JsonElement Line(Action<ILogger> call)
    {
        FormattingProcessor processor = Json();
        using (ILoggerFactory factory = Direct(processor))
        {
            call(factory.CreateLogger("main"));
        }

        return JsonElement.Parse(Assert.Single(processor.Lines));
    }

    private static JsonElement LineThroughFastTrainLog(Action<ILogger> call)
    {
        FormattingProcessor processor = Json();
        using (TrainLogging logging = Through(processor))
        {
            call(logging.GetLogger("main"));
        }

        return JsonElement.Parse(Assert.Single(processor.Lines));
    }

    private static FormattingProcessor Json() => new(new SystemTextJsonZLoggerFormatter { IncludeProperties = IncludeProperties.All });

    private static ILoggerFactory Direct(FormattingProcessor processor) => LoggerFactory.Create(b => b.AddZLoggerLogProcessor(processor));

    private static TrainLogging Through(FormattingProcessor processor) => StepLog.Create(o => o.AddZLogger(z => z.AddZLoggerLogProcessor(processor)));

    private static void AssertAlike(JsonElement expected, JsonElement actual, bool exceptMessage = false)
    {
        Assert.Equal(expected.EnumerateObject().Select(p => p.Name), actual.EnumerateObject().Select(p => p.Name));
        foreach (JsonProperty property in expected.EnumerateObject().Where(p => p.Name != "Timestamp" && !(exceptMessage && p.Name == "Message")))
        {
            JsonElement value = actual.GetProperty(property.Name);
            bool alike = JsonElement.DeepEquals(property.Value, value) || IsSameTime(property.Value, value);
            Assert.True(alike, $"{property.Name} is {value.GetRawText()} and not {property.Value.GetRawText()}");
        }
    }

    // One instant in two of the forms of ISO 8601: with and without trailing zeros of the second's fraction.
    private static bool IsSameTime(JsonElement one, JsonElement other) =>
        one.ValueKind == JsonValueKind.String && other.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(one.GetString(), CultureInfo.InvariantCulture, out DateTimeOffset first)
        && DateTimeOffset.TryParse(other.GetString(), CultureInfo.InvariantCulture, out DateTimeOffset second)
        && first == second;
}
