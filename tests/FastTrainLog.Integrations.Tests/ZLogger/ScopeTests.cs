using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;
using ZLogger;
using ZLogger.Formatters;

namespace FastTrainLog.Integrations.Tests.ZLogger;

public sealed class ScopeTests
{
    [Fact]
    public void A_provider_that_includes_scopes_gets_those_of_the_log_call()
    {
        static void Call(ILogger logger)
        {
            using (logger.BeginScope("fold {Fold} of {Folds}", 3, 5))
            using (logger.BeginScope(new Dictionary<string, object?> { ["Device"] = "cuda:0", ["Rate"] = 0.5 }))
            {
                logger.LogInformation("step {Step}", 7);
            }

            logger.LogInformation("after");
        }

        FormattingProcessor own = Json();
        FormattingProcessor ours = Json();
        using (ILoggerFactory factory = LoggerFactory.Create(b => Add(b, own, includeScopes: true)))
        {
            Call(factory.CreateLogger("main"));
        }

        using (TrainLogging logging = StepLog.Create(o => o.AddZLogger(z => Add(z, ours, includeScopes: true))))
        {
            Call(logging.GetLogger("main"));
        }

        Assert.Equal(2, ours.Lines.Count);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Properties(own.Lines[i]), Properties(ours.Lines[i]).Where(p => p.Name != "step"));
        }

        Assert.Contains(("Device", "\"cuda:0\""), Properties(ours.Lines[0]));
    }

    [Fact]
    public void Among_the_scopes_is_the_run_the_rank_the_step_and_the_activity_of_the_record()
    {
        FormattingProcessor processor = Json();
        using var activity = new Activity("epoch");
        activity.Start();
        using (TrainLogging logging = StepLog.Create(o => o.AddZLogger(z => Add(z, processor, includeScopes: true))))
        using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", RunId = "run-1", Rank = 2, WorldSize = 4 }))
        {
            run.LogStep(1, 17, 0.5, 0.1);
            logging.GetLogger("main").LogInformation("in the middle");
            run.End(success: true);
        }

        JsonElement line = processor.Lines.Select(static l => JsonElement.Parse(l)).Single(static l => l.GetProperty("Message").GetString() == "in the middle");
        Assert.Equal(("run-1", 2, 4, 17), (line.GetProperty("run").GetString(), line.GetProperty("rank").GetInt32(), line.GetProperty("world_size").GetInt32(), line.GetProperty("step").GetInt64()));
        Assert.Equal((activity.TraceId.ToHexString(), activity.SpanId.ToHexString()), (line.GetProperty("trace_id").GetString(), line.GetProperty("span_id").GetString()));
    }

    [Fact]
    public void A_provider_that_includes_none_gets_none()
    {
        FormattingProcessor processor = Json();
        using (TrainLogging logging = StepLog.Create(o => o.AddZLogger(z => Add(z, processor, includeScopes: false))))
        using (logging.GetLogger("main").BeginScope("fold {Fold}", 3))
        {
            logging.GetLogger("main").LogInformation("in a fold");
        }

        Assert.DoesNotContain("Fold", Assert.Single(processor.Lines), StringComparison.Ordinal);
    }

    private static FormattingProcessor Json() => new(new SystemTextJsonZLoggerFormatter());

    private static void Add(ILoggingBuilder builder, FormattingProcessor processor, bool includeScopes) => builder.AddZLoggerLogProcessor(options =>
    {
        options.IncludeScopes = includeScopes;
        return processor;
    });

    private static IEnumerable<(string Name, string Value)> Properties(string line) =>
        JsonElement.Parse(line).EnumerateObject().Where(static p => p.Name != "Timestamp").Select(static p => (p.Name, p.Value.GetRawText()));
}
