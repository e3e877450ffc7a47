using System.Text;
using FastTrainLog.Records;
using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Records;

public sealed class OptionalSectionTests
{
    [Theory]
    [InlineData("Loss[?, accuracy {A}][?, note {B}].", 0.5, "x", "Loss, accuracy 0.5, note x.")]
    [InlineData("Loss[?, accuracy {A}][?, note {B}].", null, "x", "Loss, note x.")]
    [InlineData("Loss[?, accuracy {A}][?, note {B}].", 0.5, null, "Loss, accuracy 0.5.")]
    [InlineData("Loss[?, accuracy {A}][?, note {B}].", null, null, "Loss.")]
    [InlineData("[?{A} and {B}]", 0.5, null, "")]
    [InlineData("[?{A} and {B}]", 0.5, "x", "0.5 and x")]
    [InlineData("[?{A:F1}] [{B}] {{[?}} [?open {A}", 0.25, "x", "0.2 [x] {[?} [?open 0.25")]
    [InlineData("why[?] [?nothing]", 0.5, "x", "why[?] [?nothing]")]
    [InlineData("[?{A:[0.0]}]", 0.5, "x", "[0.5]")]
    public void A_section_is_left_out_where_one_of_its_arguments_is_null(string template, double? a, string? b, string message) =>
        Assert.Equal(message, Message(template, a, b, []));

    [Fact]
    public void Metrics_that_are_empty_count_as_absent()
    {
        Assert.Equal("x", Message("x[?, {M}]", null, null, []));
        Assert.Equal("x, loss: 0.123457, count: 12", Message("x[?, {M}]", null, null, [("loss", 0.123456789), ("count", 12)]));
    }

    private static string Message(string template, double? a, string? b, ReadOnlySpan<Metric> metrics)
    {
        var site = new CallSite(
            LogLevel.Information,
            1,
            "Test",
            template,
            new CallSiteArgument("A", ArgumentKind.Double, IsNullable: true),
            new CallSiteArgument("B", ArgumentKind.String),
            new CallSiteArgument("M", ArgumentKind.Metrics));
        var sink = new CollectingSink();
        string directory = Directory.CreateTempSubdirectory("ftl-section-").FullName;
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            o.LogDirectory = directory;
            o.EnableConsoleLogging = o.EnableFileLogging = o.EnableJsonLogging = false;
            o.AddSink(sink);
        }))
        {
            TrainLogger logger = logging.GetLogger("test");
            RecordWriter record = logger.Begin(site.HeaderBits, LogLevel.Information, 9 + RecordWriter.SizeOf(b) + RecordWriter.SizeOf(metrics));
            record.Write(a.HasValue);
            if (a.HasValue)
            {
                record.Write(a.Value);
            }

            record.Write(b);
            record.Write(metrics);
            record.Commit(LogLevel.Information);
        }

        Directory.Delete(directory, recursive: true);
        return sink.Items.Single().Message;
    }
}
