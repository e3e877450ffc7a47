using System.Text.Json;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class ErrorLogTests
{
    [Fact]
    public void An_error_carries_its_context_category_recovery_and_suggestion()
    {
        using var log = new RunLog();
        ErrorDiagnosis diagnosis = log.Run.LogError(
            Thrown(), "forward_pass", [new("step", 100), new("batch_size", 32), new("memory", 2.5), new("file", "a\"b"), new("none", null)], "clear_cache", recovered: false);
        Assert.Equal(ErrorCategory.OutOfMemory, diagnosis.Category);
        JsonElement record = log.Events(TrainingEvents.ErrorWithContext).Single();
        Assert.Equal("ERROR", record.GetProperty("level").GetString());
        Assert.Equal("errors", record.GetProperty("logger").GetString());
        JsonElement error = record.GetProperty("properties");
        Assert.Equal("forward_pass", error.GetProperty("Operation").GetString());
        Assert.Equal("OutOfMemory", error.GetProperty("Category").GetString());
        Assert.Equal("clear_cache", error.GetProperty("Recovery").GetString());
        Assert.False(error.GetProperty("Recovered").GetBoolean());
        Assert.Contains("batch size", error.GetProperty("Suggestion").GetString());
        Assert.Equal("""{"step":100,"batch_size":32,"memory":2.5,"file":"a\"b","none":null}""", error.GetProperty("Context").GetRawText());
    }

    [Fact]
    public void The_trace_and_the_inner_exceptions_stand_in_both_formats()
    {
        using var log = new RunLog();
        log.Run.LogError(Thrown(), "forward_pass");
        string details = log.Events(TrainingEvents.ErrorWithContext).Single().GetProperty("exception").GetProperty("details").GetString()!;
        string text = string.Join('\n', log.Lines("errors.log"));
        Assert.All([details, text], t =>
        {
            Assert.Contains(nameof(Thrown), t);
            Assert.Contains("System.OutOfMemoryException: CUDA out of memory", t);
        });
    }

    [Theory]
    [InlineData(true, "WARNING")]
    [InlineData(false, "ERROR")]
    [InlineData(null, "ERROR")]
    public void An_error_that_was_recovered_from_is_a_warning(bool? recovered, string level)
    {
        using var log = new RunLog();
        log.Run.LogError(Thrown(), "forward_pass", recovery: "retry", recovered: recovered);
        Assert.Equal(level, log.Events(TrainingEvents.ErrorWithContext).Single().GetProperty("level").GetString());
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("The forward pass failed.", new OutOfMemoryException("CUDA out of memory"));
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }
}
