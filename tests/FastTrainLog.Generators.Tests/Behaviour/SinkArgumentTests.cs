using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

public sealed class SinkArgumentTests
{
    [Fact]
    public void A_sink_gets_the_named_values_and_neither_the_level_nor_the_exception_nor_a_value_twice()
    {
        var sink = new NamingSink();
        CompiledLog.Of(
            """
            [TrainLog("{a:F1} {b} {a}")] static partial void M(ILogger logger, Exception failure, LogLevel level, object a, int b);
            [TrainLog(2, LogLevel.Error, "{failure} {a}")] static partial void N(ILogger logger, Exception failure, int a);
            [TrainLog(LogLevel.Error)] static partial void O(ILogger logger, Exception first, Exception second, LogLevel other);
            """.Replace("{failure} {a}", "{a}"),
            """M(logger, new Exception("x"), LogLevel.Error, 1.26, 2); N(logger, new Exception("x"), 3); O(logger, new Exception("x"), new Exception("y"), LogLevel.Debug);""",
            options: o => o.AddSink(sink));

        // Once on the library's own logger, once behind a host's.
        string[] expected = ["a=1.3, b=2", "a=3", "second=System.Exception: y, other=Debug"];
        Assert.Equal([.. expected, .. expected], sink.Seen);
    }

    private sealed class NamingSink : ILogSink
    {
        public List<string> Seen { get; } = [];

        public void Write(in LogRecord record)
        {
            var arguments = new List<string>();
            for (int i = 0; i < record.ArgumentCount; i++)
            {
                LogArgument argument = record.GetArgument(i);
                Assert.True(record.TryGetArgument(argument.Name, out LogArgument same) && Equals(argument.ToObject(), same.ToObject()));
                arguments.Add(string.Create(CultureInfo.InvariantCulture, $"{argument.Name}={argument.ToObject()}"));
            }

            Seen.Add(string.Join(", ", arguments));
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
