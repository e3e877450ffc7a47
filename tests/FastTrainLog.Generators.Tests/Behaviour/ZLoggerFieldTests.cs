using System.Reflection;
using FastTrainLog.Generators.Tests.Compiling;
using FastTrainLog.Generators.Tests.Snapshots;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>What a generated state tells ZLogger, read through a stand-in of its interfaces; the real one is in the tests of the integrations.</summary>
[Collection(nameof(RedactionTests))]
public sealed class ZLoggerFieldTests
{
    private const string Probe = """
        using System;
        using System.Buffers;
        using System.Text.Json;
        using Microsoft.Extensions.Logging;

        namespace Features;

        public static class Probe
        {
            public static string Run()
            {
                var logger = new Reader();
                ZLoggerStates.Fields(logger, new float[] { 1, 2 }, new[] { 1, 2, 3 }, "hunter2", new Day(7, "note"));
                ZLoggerStates.Done(logger, 1.5);
                ZLoggerStates.Done(logger, null);
                return logger.Read;
            }

            private sealed class Reader : ILogger
            {
                public string Read { get; private set; } = string.Empty;

                public bool IsEnabled(LogLevel logLevel) => true;

                public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
                {
                    var formattable = (ZLogger.IZLoggerFormattable)(object)state!;
                    var buffer = new ArrayBufferWriter<byte>();
                    formattable.ToString(buffer);
                    buffer.Write("\n"u8);
                    using var writer = new Utf8JsonWriter(buffer);
                    writer.WriteStartObject();
                    formattable.WriteJsonParameterKeyValues(writer, JsonSerializerOptions.Default);
                    writer.WriteEndObject();
                    writer.Flush();
                    Read += System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
                }

                public IDisposable? BeginScope<TState>(TState state)
                    where TState : notnull => null;
            }
        }
        """;

    [Fact]
    public void Summaries_numbers_properties_and_redacted_values_are_written_without_their_objects()
    {
        FeatureSource source = FeatureSource.Named("ZLoggerStates");
        CSharpCompilation compilation = source.Compilation(source.Language);
        ZLoggerStandIn.Load();
        Assembly assembly = Compiled.WithTrainLog(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Probe, Compiled.Options(source.Language), cancellationToken: TestContext.Current.CancellationToken))).Load();
        string read = (string)assembly.GetType("Features.Probe", throwOnError: true)!.GetMethod("Run")!.Invoke(null, null)!;
        Assert.Equal(
            """
            2 values, min 1.00, max 2.00, mean 1.50 [1, 2, … 1 more] 7
            {"Weights":{"count":2,"nan":0,"min":1,"max":2,"mean":1.5},"First":[1,2,"\u2026 1 more"],"key":"[erased]","day.Hour":7,"day.Note":"[erased]","Suppressed":0}
            done in 1.5 s
            {"Seconds":1.5}
            done
            {"Seconds":null}

            """,
            read,
            ignoreLineEndingDifferences: true);
    }
}
