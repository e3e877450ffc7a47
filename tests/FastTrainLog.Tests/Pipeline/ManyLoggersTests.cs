using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>A program that makes categories without end.</summary>
public sealed class ManyLoggersTests
{
    [Fact]
    public void Beyond_the_most_categories_the_log_s_own_and_runs_still_have_loggers()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        {
            TrainLogger last = logging.GetLogger("0");
            string message = Assert.Throws<InvalidOperationException>(() =>
            {
                for (int i = 1; i <= ushort.MaxValue; i++)
                {
                    last = logging.GetLogger($"{i}");
                }
            }).Message;
            Assert.Contains("use fewer categories", message, StringComparison.Ordinal);
            TestLog.Number(last, 1);
            Assert.All(LogCategories.All, category => TestLog.Number(logging.GetLogger(category), 2));
            Assert.Same(last, logging.GetLogger(last.Category));
            using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 1, BatchSize = 1 });
            run.LogStep(1, 1, 0.5, 0.1);
        }

        Assert.Equal(1, sink.Items.Count(item => item.Number == 1 && int.TryParse(item.Category, out _)));
        Assert.Equal(LogCategories.All.Order(), sink.Items.Where(item => item.Message == "number 2").Select(item => item.Category).Order());
    }
}
