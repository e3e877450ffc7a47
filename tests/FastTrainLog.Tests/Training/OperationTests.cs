using System.Text.Json;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class OperationTests
{
    [Fact]
    public void A_successful_operation_returns_its_value_and_logs_start_success_time_memory_and_throughput()
    {
        using var log = new RunLog();
        OperationResult<int> result = log.Run.InferSafely("DemoModel", () => 42, samples: 4);
        Assert.True(result.Success);
        Assert.Equal((42, 1), (result.Value, result.Attempts));
        Assert.Equal("inference", log.Properties(TrainingEvents.ModelOperationStarted).GetProperty("Operation").GetString());
        Assert.True(log.Properties(TrainingEvents.ModelOperationSucceeded).GetProperty("Success").GetBoolean());
        JsonElement performance = log.Properties(TrainingEvents.Performance);
        Assert.Equal("inference", performance.GetProperty("Operation").GetString());
        Assert.Equal(4, performance.GetProperty("BatchSize").GetInt32());
        Assert.Equal(4 / performance.GetProperty("DurationSeconds").GetDouble(), performance.GetProperty("Throughput").GetDouble(), 1.0);
        Assert.True(performance.GetProperty("ProcessBytesBefore").GetInt64() > 0);
        Assert.True(performance.GetProperty("ProcessBytes").GetInt64() > 0);
        Assert.Matches(@"Managed memory: [\d.]+ [MG]iB \([\d.]+ [MG]iB before\), Process memory: [\d.]+ [MG]iB \([\d.]+ [MG]iB before\)$", log.Events(TrainingEvents.Performance).Single().GetProperty("message").GetString());
    }

    [Fact]
    public void A_failing_operation_returns_its_exception_instead_of_throwing_it()
    {
        using var log = new RunLog();
        OperationResult<string> result = log.Run.LoadModelSafely<string>("DemoModel", () => throw new FileNotFoundException("model.bin is missing"));
        Assert.False(result.Success);
        Assert.IsType<FileNotFoundException>(result.Error);
        Assert.Equal("model_loading", log.Properties(TrainingEvents.ModelOperationFailed).GetProperty("Operation").GetString());
        JsonElement error = log.Properties(TrainingEvents.ErrorWithContext);
        JsonElement context = error.GetProperty("Context");
        Assert.Equal("DemoModel", context.GetProperty("model").GetString());
        Assert.All(
            ["managed_bytes_before", "managed_bytes", "process_bytes_before", "process_bytes"],
            memory => Assert.True(context.GetProperty(memory).GetInt64() > 0));
        Assert.True(context.GetProperty("duration_seconds").GetDouble() >= 0.0);
        Assert.Empty(log.Events(TrainingEvents.ModelOperationSucceeded));
    }

    [Fact]
    public void Details_of_a_safe_operation_stand_at_its_start_and_with_each_failure()
    {
        using var log = new RunLog();
        int calls = 0;
        log.Run.InferSafely("DemoModel", () => ++calls < 2 ? throw new IOException("busy") : calls, samples: 4, attempts: 2, details: [new("prompt_length", 77)]);
        log.Run.LoadModelSafely("DemoModel", () => 1, details: [new("debug_mode", false)]);
        Assert.Equal(
            ["""{"prompt_length":77,"attempt":1,"attempts":2}""", """{"prompt_length":77,"attempt":2,"attempts":2}""", """{"debug_mode":false}"""],
            log.Events(TrainingEvents.ModelOperationStarted).Select(e => e.GetProperty("properties").GetProperty("Details").GetRawText()));
        JsonElement context = log.Properties(TrainingEvents.ErrorWithContext).GetProperty("Context");
        Assert.Equal((77, 1), (context.GetProperty("prompt_length").GetInt32(), context.GetProperty("attempt").GetInt32()));
    }

    [Fact]
    public void A_failing_operation_is_tried_as_often_as_allowed()
    {
        using var log = new RunLog();
        int calls = 0;
        OperationResult<int> result = log.Run.RunSafely("download", "DemoModel", () => ++calls < 3 ? throw new IOException("busy") : calls, attempts: 5);
        Assert.Equal((true, 3, 3), (result.Success, result.Value, result.Attempts));
        Assert.Equal(["retry", "retry"], log.Events(TrainingEvents.ErrorWithContext).Select(e => e.GetProperty("properties").GetProperty("Recovery").GetString()));
        Assert.Equal(3, log.Events(TrainingEvents.ModelOperationStarted).Length);
    }

    [Fact]
    public void The_last_attempt_returns_its_failure()
    {
        using var log = new RunLog();
        int calls = 0;
        OperationResult<int> result = log.Run.RunSafely<int>("download", "DemoModel", () => throw new IOException($"busy {++calls}"), attempts: 3);
        Assert.Equal((false, "busy 3", 3), (result.Success, result.Error?.Message, result.Attempts));
    }

    [Fact]
    public void A_cancelled_operation_is_not_tried_again_and_is_a_warning()
    {
        using var log = new RunLog();
        OperationResult<int> result = log.Run.RunSafely<int>("download", "DemoModel", () => throw new OperationCanceledException(), attempts: 3);
        Assert.Equal(1, result.Attempts);
        Assert.Equal("WARNING", log.Events(TrainingEvents.ErrorWithContext).Single().GetProperty("level").GetString());
    }

    [Fact]
    public void A_scope_left_without_a_word_is_a_failure()
    {
        using var log = new RunLog();
        log.Run.BeginOperation("export", "DemoModel").Dispose();
        Assert.Contains("left before it was completed", log.Events(TrainingEvents.ModelOperationFailed).Single().GetProperty("message").GetString());
    }

    [Fact]
    public void A_failing_scope_names_what_it_began_with()
    {
        using var log = new RunLog();
        using (OperationScope scope = log.Run.BeginOperation("export", "DemoModel", [new("format", "onnx")]))
        {
            scope.Fail(new IOException("disk full"));
        }

        Assert.Equal("onnx", log.Properties(TrainingEvents.ErrorWithContext).GetProperty("Context").GetProperty("format").GetString());
    }

    [Fact]
    public void A_completed_scope_is_logged_once()
    {
        using var log = new RunLog();
        using (OperationScope scope = log.Run.BeginOperation("export", "DemoModel", [new("format", "onnx")]))
        {
            scope.Complete();
            scope.Complete();
            scope.Fail(new IOException("too late"));
        }

        Assert.Single(log.Events(TrainingEvents.ModelOperationSucceeded));
        Assert.Empty(log.Events(TrainingEvents.ModelOperationFailed));
        Assert.Equal("export_start - Model: DemoModel, Details: format: onnx", log.Events(TrainingEvents.ModelOperationStarted).Single().GetProperty("message").GetString());
    }
}
