using System.Text;
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

    [Fact]
    public void A_standard_error_that_cannot_be_written_does_not_keep_a_log_from_its_end()
    {
        using var directory = new TemporaryDirectory();
        var errors = new BrokenWriter();
        ErrorsWhile(
            () =>
            {
                for (int i = 0; i < 2; i++)
                {
                    using TrainLogging logging = TrainLogging.Create(o =>
                    {
                        (o.LogDirectory, o.EnableConsoleLogging) = (directory.Path, false);
                        o.AddSink(new CollectingSink { Fails = () => true });
                    });
                    TestLog.Number(logging.GetLogger("test"), i);
                }
            },
            errors);
        Assert.True(errors.Tries >= 2);
        Assert.Equal(["number 0", "number 1"], File.ReadLines(directory["main.log"]).Select(line => line[^8..]));
    }

    private static string ErrorsWhile(Action action)
    {
        using var errors = new StringWriter();
        ErrorsWhile(action, errors);
        return errors.ToString();
    }

    private static void ErrorsWhile(Action action, TextWriter errors)
    {
        TextWriter usual = Console.Error;
        Console.SetError(errors);
        try
        {
            action();
        }
        finally
        {
            Console.SetError(usual);
        }
    }

    private sealed class BrokenWriter : TextWriter
    {
        public int Tries { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            Tries++;
            throw new IOException("No space left on device");
        }
    }
}
