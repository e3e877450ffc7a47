using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FastTrainLog.Records;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

public sealed class LogRecordCopyTests
{
    private static readonly CallSite Site = new(
        LogLevel.Warning,
        7,
        "Everything",
        "step {Step} loss {Loss} of {Layer}",
        new CallSiteArgument("Step", ArgumentKind.Int32),
        new CallSiteArgument("Loss", ArgumentKind.Single),
        new CallSiteArgument("Layer", ArgumentKind.String),
        new CallSiteArgument("Epoch", ArgumentKind.Int64, IsNullable: true),
        new CallSiteArgument("Failure", ArgumentKind.Exception),
        new CallSiteArgument("Skipped", ArgumentKind.Boolean));

    [Fact]
    public void Copies_hold_their_records_after_the_pages_are_gone()
    {
        using var sink = new CopyingSink();
        using (TrainLogging logging = Create(sink))
        {
            for (int step = 0; step < 3_000; step++)
            {
                Log(logging.GetLogger("training"), step, step / 8f, $"layer{step}", step % 2 == 0 ? null : step, null);
            }
        }

        Assert.Equal(3_000, sink.Copies.Count);
        for (int step = 0; step < sink.Copies.Count; step++)
        {
            LogRecordCopy copy = sink.Copies[step];
            Assert.Equal($"step {step} loss {step / 8f} of layer{step}", Encoding.UTF8.GetString(copy.Message));
            Assert.Equal((LogLevel.Warning, "training", new EventId(7, "Everything")), (copy.Level, copy.Category, copy.EventId));
            Assert.Equal(["Step", "Loss", "Layer", "Epoch", "Skipped"], Enumerable.Range(0, copy.PropertyCount).Select(i => copy.GetProperty(i).Name));
            AssertPropertiesAre(sink.JsonLines[step], copy);
            GC.KeepAlive(copy);
        }
    }

    [Fact]
    public void A_copy_carries_the_texts_of_an_exception()
    {
        using var sink = new CopyingSink();
        using (TrainLogging logging = Create(sink))
        {
            Log(logging.GetLogger("errors"), 1, float.NaN, "conv1", null, new InvalidOperationException("boom", new IOException("disk")));
        }

        LogRecordCopy copy = Assert.Single(sink.Copies);
        Assert.Equal("System.InvalidOperationException", copy.ExceptionType);
        Assert.Equal("boom", copy.ExceptionMessage);
        Assert.Contains("System.IO.IOException: disk", copy.ExceptionDetails);
    }

    [Fact]
    public void A_copy_that_is_used_again_forgets_the_record_before_and_allocates_nothing()
    {
        var copy = new LogRecordCopy();
        using var sink = new CopyingSink(copy);
        using (TrainLogging logging = Create(sink))
        {
            Log(logging.GetLogger("errors"), 1, float.NaN, new string('x', 5_000), 4, new InvalidOperationException("boom"));
            Log(logging.GetLogger("training"), 2, 0.5f, "conv1", null, null);
        }

        Assert.Equal("step 2 loss 0.5 of conv1", Encoding.UTF8.GetString(copy.Message));
        Assert.Null(copy.ExceptionType);
        Assert.Null(copy.ExceptionMessage);
        Assert.Null(copy.ExceptionDetails);
        AssertPropertiesAre(sink.JsonLines[1], copy);
        Assert.Equal(0, sink.AllocatedByLastCopy);
    }

    [Fact]
    public void A_call_that_no_generator_wrote_keeps_its_template_and_pairs()
    {
        using var sink = new CopyingSink();
        using (TrainLogging logging = Create(sink))
        {
            logging.GetLogger("main").LogInformation("step {Step} on {Device}", 12, "cpu");
        }

        LogRecordCopy copy = Assert.Single(sink.Copies);
        Assert.Equal("step {Step} on {Device}", copy.MessageTemplate);
        Assert.Equal("step 12 on cpu", Encoding.UTF8.GetString(copy.Message));
        Assert.Equal(2, copy.PropertyCount);
        Assert.Equal("12", Json(copy, 0));
        Assert.Equal("\"cpu\"", Json(copy, 1));
        GC.KeepAlive(copy);
    }

    [Fact]
    public void A_copy_knows_run_rank_step_activity_and_scopes_of_its_record_and_forgets_them_with_it()
    {
        var copy = new LogRecordCopy();
        List<string> seen = [];
        using var activity = new Activity("epoch");
        activity.Start();
        using (TrainLogging logging = Create(new DescribingSink(copy, seen)))
        {
            TrainLogger logger = logging.GetLogger("test");
            using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", RunId = "run-1", Rank = 2, WorldSize = 4 }))
            using (logger.BeginScope("fold {Fold} of {Folds}", 3, 5))
            {
                run.LogStep(1, 17, 0.5, 0.1);
                logger.LogInformation("inside");
                run.End(success: true);
            }

            activity.Stop();
            logger.LogInformation("outside");
        }

        Assert.Equal([$"inside: run-1 2 4 17 {activity.TraceId} {activity.SpanId} Fold=3 Folds=5", $"outside:     {default(ActivityTraceId)} {default(ActivitySpanId)} "], seen);
    }

    [Fact]
    public void A_place_without_a_property_is_refused()
    {
        var copy = new LogRecordCopy();
        Assert.Throws<ArgumentOutOfRangeException>(() => copy.GetProperty(0).Name);
    }

    private static TrainLogging Create(ILogSink sink) => TrainLogging.Create(options =>
    {
        options.EnableFileLogging = false;
        options.EnableJsonLogging = false;
        options.EnableConsoleLogging = false;
        options.AddSink(sink);
    });

    private static void Log(TrainLogger logger, int step, float loss, string layer, long? epoch, Exception? failure)
    {
        ExceptionText text = ExceptionText.Capture(failure);
        int size = sizeof(int) + sizeof(float) + RecordWriter.SizeOf(layer) + 1 + sizeof(long) + RecordWriter.SizeOf(text) + 1;
        RecordWriter record = logger.Begin(Site.HeaderBits, LogLevel.Warning, size);
        record.Write(step);
        record.Write(loss);
        record.Write(layer);
        record.Write((byte)(epoch is null ? 0 : 1));
        if (epoch is { } value)
        {
            record.Write(value);
        }

        record.Write(text);
        record.Write(true);
        record.Commit(LogLevel.Warning);
    }

    private static void AssertPropertiesAre(string jsonLine, LogRecordCopy copy)
    {
        using JsonDocument line = JsonDocument.Parse(jsonLine);
        int i = 0;
        foreach (JsonProperty property in line.RootElement.GetProperty("properties").EnumerateObject())
        {
            Assert.Equal(property.Name, copy.GetProperty(i).Name);
            Assert.Equal(property.Value.GetRawText(), Json(copy, i));
            i++;
        }

        Assert.Equal(i, copy.PropertyCount);
    }

    private static string Json(LogRecordCopy copy, int property)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            copy.GetProperty(property).WriteJson(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Keeps a copy of each record, or takes all of them into one.</summary>
    private sealed class CopyingSink(LogRecordCopy? shared = null) : ILogSink
    {
        public List<LogRecordCopy> Copies { get; } = [];

        public List<string> JsonLines { get; } = [];

        public long AllocatedByLastCopy { get; private set; }

        public void Write(in LogRecord record)
        {
            LogRecordCopy copy = shared ?? new LogRecordCopy();
            _ = record.Message; // formatted here, so that the copy alone is measured
            long before = GC.GetAllocatedBytesForCurrentThread();
            copy.CopyFrom(record);
            AllocatedByLastCopy = GC.GetAllocatedBytesForCurrentThread() - before;
            Copies.Add(copy);
            JsonLines.Add(Encoding.UTF8.GetString(record.JsonLine));
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class DescribingSink(LogRecordCopy copy, List<string> seen) : ILogSink
    {
        public void Write(in LogRecord record)
        {
            copy.CopyFrom(record);
            if (copy.Category == "test")
            {
                IEnumerable<KeyValuePair<string, object?>> scopes = (List<KeyValuePair<string, object?>>?)copy.Scopes.ToObject() ?? [];
                seen.Add($"{Encoding.UTF8.GetString(copy.Message)}: {copy.RunId} {copy.Rank} {copy.WorldSize} {copy.Step} {copy.TraceId} {copy.SpanId} {string.Join(' ', scopes.Select(static s => $"{s.Key}={s.Value}"))}");
            }
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
