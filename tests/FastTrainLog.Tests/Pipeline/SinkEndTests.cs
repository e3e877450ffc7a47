using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>What standard error says at the end of a log; alone in the process, whose standard error it takes.</summary>
[CollectionDefinition(nameof(SinkEndTests), DisableParallelization = true)]
[Collection(nameof(SinkEndTests))]
public sealed class SinkEndTests
{
    [Fact]
    public void The_losses_of_the_only_sink_are_told_though_the_log_has_no_place_for_them()
    {
        bool failing = true;
        var sink = new CollectingSink { Fails = () => failing };
        string told = ErrorsWhile(() =>
        {
            using TrainLogging logging = TestLog.Create(sink);
            TestLog.Number(logging.GetLogger("test"), 1);
            logging.Flush();
            // The report of it meets the pause after the failure, and is lost too.
            logging.Flush();
            failing = false;
        });
        Assert.Empty(sink.Items);
        Assert.Equal("FastTrainLog: sink collecting lost 2 records; its last failure was System.IO.IOException: the sink is told to fail", told.Trim());
    }

    [Fact]
    public void Nothing_is_told_of_sinks_that_lost_nothing()
    {
        string told = ErrorsWhile(() =>
        {
            using TrainLogging logging = TestLog.Create(new CollectingSink());
            TestLog.Number(logging.GetLogger("test"), 1);
        });
        Assert.Equal(string.Empty, told);
    }

    private static string ErrorsWhile(Action action)
    {
        TextWriter usual = Console.Error;
        using var errors = new StringWriter();
        Console.SetError(errors);
        try
        {
            action();
        }
        finally
        {
            Console.SetError(usual);
        }

        return errors.ToString();
    }
}
