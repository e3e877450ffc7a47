using System.Reflection;
using FastTrainLog.Generators.Tests.Behaviour;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Parity;

/// <summary>What a foreign logger receives is what <c>[LoggerMessage]</c> would have sent it.</summary>
public sealed class ParityTests(ParityTests.BothGenerators both) : IClassFixture<ParityTests.BothGenerators>
{
    public static TheoryData<int, string> Cases => [.. ParityCases.All.Select(static (c, i) => (i, c.Name))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_foreign_logger_receives_what_the_platforms_generator_sends(int index, string name)
    {
        List<CapturedCall> expected = ParitySource.Run(both.Platform, index);
        List<CapturedCall> actual = ParitySource.Run(both.Ours, index);

        Assert.NotEmpty(expected);
        Assert.Equal(expected.Count, actual.Count);
        foreach ((CapturedCall e, CapturedCall a) in expected.Zip(actual))
        {
            string context = $"{name}: {e.Message}";
            Assert.Equal((context, e.Level, e.EventId.Id, e.EventId.Name, e.Message), (context, a.Level, a.EventId.Id, a.EventId.Name, a.Message));
            Assert.Equal(e.State.Select(Describe), a.State.Select(Describe));
            Assert.Equal(e.Exception?.ToString(), a.Exception?.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_librarys_logger_records_the_same_by_itself_and_behind_a_composite_logger(int index, string name)
    {
        string[]? messages = ParityCases.All[index].Own;
        List<CapturedCall> all = ParitySource.Run(both.Platform, index);
        var expected = all
            .Where((call, i) => messages is null || (call.Level != LogLevel.None && messages.Length > 0))
            .Select((call, i) => (call.Level, call.EventId, call.EventId.Name, messages is null ? call.Message : messages[i], call.Exception is not null))
            .ToList();

        var sink = new CapturingSink();
        using (TrainLogging logging = Start(sink))
        {
            ParitySource.Run(both.Ours, index, logging.GetLogger("own"), Quiet(logging));
        }

        var behind = new CapturingSink();
        using (TrainLogging logging = Start(behind))
        {
            using ILoggerFactory factory = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Trace).AddProvider(new TrainLoggerProvider(logging)));
            ParitySource.Run(both.Ours, index, factory.CreateLogger("composite"), Quiet(logging));
        }

        Assert.True(sink.Records.Count == expected.Count, $"{name}: {sink.Records.Count} records for {expected.Count} calls");
        Assert.Equal(expected, sink.Records);
        Assert.Equal(expected, behind.Records);
    }

    private static TrainLogging Start(CapturingSink sink) => TrainLogging.Create(o =>
    {
        (o.EnableFileLogging, o.EnableJsonLogging, o.EnableConsoleLogging, o.MinimumLevel) = (false, false, false, LogLevel.Trace);
        o.LogDirectory = Path.GetTempPath();
        o.AddSink(sink);
    });

    private static TrainLogger Quiet(TrainLogging logging)
    {
        TrainLogger quiet = logging.GetLogger("quiet");
        quiet.MinimumLevel = LogLevel.Information;
        return quiet;
    }

    // Values are compared by type and content; types of the source itself, which each assembly has its own of, by name.
    private static string Describe(KeyValuePair<string, object?> pair)
    {
        string content = pair.Value is System.Collections.IEnumerable sequence and not string
            ? string.Join("|", sequence.Cast<object?>().Select(static item => Describe(new(string.Empty, item))))
            : System.FormattableString.Invariant($"{pair.Value}");
        return $"{pair.Key} = {pair.Value?.GetType().ToString() ?? "null"} {content}";
    }

    /// <summary>The table compiled with each of the two generators.</summary>
    public sealed class BothGenerators
    {
        public Assembly Platform { get; } = ParitySource.Compile(platform: true);

        public Assembly Ours { get; } = ParitySource.Compile(platform: false);
    }
}
