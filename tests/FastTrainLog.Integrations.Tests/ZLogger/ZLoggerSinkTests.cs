using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Xunit;
using ZLogger;
using ZLogger.Formatters;

namespace FastTrainLog.Integrations.Tests.ZLogger;

public sealed class ZLoggerSinkTests
{
    [Fact]
    public void JSON_formatter_of_ZLogger_gets_every_part_of_a_record()
    {
        var processor = new FormattingProcessor(new SystemTextJsonZLoggerFormatter { IncludeProperties = IncludeProperties.All, UseUtcTimestamp = true });
        DateTime before = DateTime.UtcNow;
        using (TrainLogging logging = Create(processor))
        {
            StepLog.Step(logging.GetLogger("training_progress"), 7, "conv1", 0.1f, 1e-3);
        }

        JsonElement line = JsonDocument.Parse(Assert.Single(processor.Lines)).RootElement;
        Assert.Equal("training_progress", line.GetProperty("Category").GetString());
        Assert.Equal("Information", line.GetProperty("LogLevel").GetString());
        Assert.Equal(12, line.GetProperty("EventId").GetInt32());
        Assert.Equal("TrainingStep", line.GetProperty("EventIdName").GetString());
        Assert.Equal("step 7 of conv1: loss 0.100", line.GetProperty("Message").GetString());
        Assert.Equal(7, line.GetProperty("Step").GetInt32());
        Assert.Equal("conv1", line.GetProperty("Layer").GetString());
        Assert.Equal("0.1", line.GetProperty("Loss").GetRawText());
        Assert.Equal(1e-3, line.GetProperty("LearningRate").GetDouble());
        Assert.InRange(line.GetProperty("Timestamp").GetDateTimeOffset().UtcDateTime, before.AddMilliseconds(-1), DateTime.UtcNow.AddMilliseconds(1));
    }

    [Fact]
    public void Time_and_thread_are_those_of_the_log_call_not_of_the_backend()
    {
        (DateTime Timestamp, int ThreadId) seen = default;
        var formatter = new PlainTextZLoggerFormatter();
        formatter.SetPrefixFormatter($"{0}|{1}|", (in MessageTemplate template, in LogInfo info) => template.Format(info.Timestamp.Utc.UtcTicks, info.ThreadInfo.ThreadId));
        var processor = new FormattingProcessor(formatter);
        using (TrainLogging logging = StepLog.Create(options =>
        {
            options.AddZLogger(zlogger => zlogger.AddZLoggerLogProcessor(zloggerOptions =>
            {
                zloggerOptions.CaptureThreadInfo = true;
                return processor;
            }));
            options.AddSink(new ObservingSink((in LogRecord record) => seen = (record.Timestamp, record.ThreadId)));
        }))
        {
            StepLog.Step(logging.GetLogger("training_progress"), 1, "conv1", 0, null);
        }

        Assert.Equal(Environment.CurrentManagedThreadId, seen.ThreadId);
        Assert.Equal($"{seen.Timestamp.Ticks}|{seen.ThreadId}|step 1 of conv1: loss 0.000", Assert.Single(processor.Lines));
    }

    [Fact]
    public void Numbers_that_JSON_lacks_and_nulls_leave_the_line_valid()
    {
        var processor = new FormattingProcessor(new SystemTextJsonZLoggerFormatter());
        using (TrainLogging logging = Create(processor))
        {
            StepLog.Step(logging.GetLogger("numerical_stability"), 1, "quote \" \u0001 頁", float.NaN, null);
        }

        JsonElement line = JsonDocument.Parse(Assert.Single(processor.Lines)).RootElement;
        Assert.Equal("NaN", line.GetProperty("Loss").GetString());
        Assert.Equal("quote \" \u0001 頁", line.GetProperty("Layer").GetString());
        Assert.Equal(JsonValueKind.Null, line.GetProperty("LearningRate").ValueKind);
    }

    [Fact]
    public void Key_names_pass_through_the_mutator_of_the_formatter()
    {
        var processor = new FormattingProcessor(new SystemTextJsonZLoggerFormatter { KeyNameMutator = KeyNameMutator.LowerFirstCharacter });
        using (TrainLogging logging = Create(processor))
        {
            StepLog.Step(logging.GetLogger("training_progress"), 5, "conv1", 0, null);
        }

        Assert.Equal(5, JsonDocument.Parse(Assert.Single(processor.Lines)).RootElement.GetProperty("step").GetInt32());
    }

    [Fact]
    public void Exception_keeps_its_type_message_inner_exceptions_and_stack()
    {
        var text = new FormattingProcessor(new PlainTextZLoggerFormatter());
        var json = new FormattingProcessor(new SystemTextJsonZLoggerFormatter());
        using (TrainLogging logging = Create(text, json))
        {
            try
            {
                ThrowForTheStack();
            }
            catch (InvalidOperationException failure)
            {
                logging.GetLogger("errors").LogError(failure, "step {Step} failed", 3);
            }
        }

        string lines = Assert.Single(text.Lines);
        Assert.StartsWith("step 3 failed", lines, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException: no memory", lines, StringComparison.Ordinal);
        Assert.Contains("System.IO.IOException: disk", lines, StringComparison.Ordinal);
        Assert.Contains(nameof(ThrowForTheStack), lines, StringComparison.Ordinal);
        JsonElement line = JsonDocument.Parse(Assert.Single(json.Lines)).RootElement;
        Assert.Equal("System.InvalidOperationException: no memory", line.GetProperty("Exception").GetProperty("Message").GetString());
        Assert.Equal(3, line.GetProperty("Step").GetInt32());
    }

    [Fact]
    public void Every_provider_gets_every_record_once_and_in_order_although_states_are_used_again()
    {
        const int Steps = 20_000;
        var prompt = new FormattingProcessor(new PlainTextZLoggerFormatter());
        var late = new FormattingProcessor(new PlainTextZLoggerFormatter()) { HoldsBack = 100 };
        using var stream = new MemoryStream();
        using (TrainLogging logging = StepLog.Create(options => options.AddZLogger(zlogger => zlogger
            .AddZLoggerLogProcessor(prompt)
            .AddZLoggerLogProcessor(late)
            .AddZLoggerStream(stream))))
        {
            for (int step = 0; step < Steps; step++)
            {
                StepLog.Step(logging.GetLogger("training_progress"), step, "conv1", step / 4f, null);
            }
        }

        string[] expected = [.. Enumerable.Range(0, Steps).Select(step => FormattableString.Invariant($"step {step} of conv1: loss {step / 4f:F3}"))];
        Assert.Equal(expected, prompt.Lines);
        Assert.Equal(expected, late.Lines);
        Assert.Equal(expected, Encoding.UTF8.GetString(stream.ToArray()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Values_are_read_by_type_as_binary_formatters_do()
    {
        var values = new ReadingFormatter();
        using (TrainLogging logging = Create(new FormattingProcessor(values)))
        {
            StepLog.Step(logging.GetLogger("training_progress"), 7, "conv1", 0.1f, 1e-3);
            StepLog.Step(logging.GetLogger("training_progress"), 8, "conv2", 0.2f, null);
        }

        Assert.Equal(
            [
                ("Step", typeof(int), 7), ("Layer", typeof(string), "conv1"), ("Loss", typeof(float), 0.1f), ("LearningRate", typeof(double), 1e-3),
                ("Step", typeof(int), 8), ("Layer", typeof(string), "conv2"), ("Loss", typeof(float), 0.2f), ("LearningRate", typeof(object), null),
            ],
            values.Seen);
        Assert.Equal([7, 8], values.Steps);
        Assert.Equal([0.1f, 0.2f], values.Losses);
        Assert.Equal(["step {Step} of {Layer}: loss {Loss:F3}", "step {Step} of {Layer}: loss {Loss:F3}"], values.Templates);
    }

    [Fact]
    public void Filter_and_levels_of_the_log_decide_what_ZLogger_gets()
    {
        var processor = new FormattingProcessor(new PlainTextZLoggerFormatter());
        using (TrainLogging logging = StepLog.Create(options =>
        {
            options.MinimumLevel = LogLevel.Trace;
            options.AddZLogger(
                zlogger => zlogger.AddZLoggerLogProcessor(processor),
                static (in LogRecord record) => record.Category == "errors");
        }))
        {
            logging.GetLogger("main").LogError("elsewhere");
            logging.GetLogger("errors").LogTrace("a trace");
        }

        Assert.Equal(["a trace"], processor.Lines);
    }

    [Fact]
    public void Handing_a_record_to_ZLogger_allocates_nothing()
    {
        const int Warm = 20_000;
        const int Measured = 200_000;
        var processor = new FormattingProcessor(new SystemTextJsonZLoggerFormatter(), keepsLines: false);
        long allocated;
        using (TrainLogging logging = Create(processor))
        {
            TrainLogger logger = logging.GetLogger("training_progress");
            LogAndWait(logging, logger, Warm);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            LogAndWait(logging, logger, Measured);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        Assert.Equal(Warm + Measured, processor.Posted);
        // The wait for the flush and the test runner allocate some kilobytes, however many the records are.
        Assert.InRange(allocated, 0, Measured / 4);
    }

    private static void LogAndWait(TrainLogging logging, TrainLogger logger, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            StepLog.Count(logger, step, steps);
        }

        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
    }

    private static void ThrowForTheStack() => throw new InvalidOperationException("no memory", new IOException("disk"));

    private static TrainLogging Create(params FormattingProcessor[] processors) => StepLog.Create(options => options.AddZLogger(zlogger =>
    {
        foreach (FormattingProcessor processor in processors)
        {
            zlogger.AddZLoggerLogProcessor(processor);
        }
    }));
}
