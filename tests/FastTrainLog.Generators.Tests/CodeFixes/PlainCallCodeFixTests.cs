using FastTrainLog.Generators.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace FastTrainLog.Generators.Tests.CodeFixes;

public sealed class PlainCallCodeFixTests
{
    [Theory]
    [InlineData("""logger.LogTrace("Read {Count} images", count)""", """LogReadImages(logger, count)""", """LogLevel.Trace, "Read {Count} images")""", "ILogger logger, int count")]
    [InlineData("""logger.LogDebug("Ready")""", """LogReady(logger)""", """LogLevel.Debug, "Ready")""", "ILogger logger")]
    [InlineData("""logger.LogInformation(7, "Ready")""", """LogReady(logger)""", """7, LogLevel.Information, "Ready")""", "ILogger logger")]
    [InlineData("""logger.LogWarning(new EventId(7, "Slow"), "Took {Time:F1} s", time)""", """LogTookS(logger, time)""", """7, LogLevel.Warning, "Took {Time:F1} s", EventName = "Slow")""", "ILogger logger, double time")]
    [InlineData("""logger.LogError(failure, "Cannot read {File}", file)""", """LogCannotRead(logger, failure, file)""", """LogLevel.Error, "Cannot read {File}")""", "ILogger logger, Exception exception, string file")]
    [InlineData("""logger.LogCritical(9, failure, "Lost")""", """LogLost(logger, failure)""", """9, LogLevel.Critical, "Lost")""", "ILogger logger, Exception exception")]
    [InlineData("""logger.Log(LogLevel.Error, "Lost {Name}", name)""", """LogLost(logger, name)""", """LogLevel.Error, "Lost {Name}")""", "ILogger logger, string? name")]
    [InlineData("""logger.Log(level, 4, failure, "Lost")""", """LogLost(logger, level, failure)""", "\"Lost\", EventId = 4)", "ILogger logger, LogLevel level, Exception exception")]
    [InlineData("""logger.LogInformation((Exception?)null, "Ready")""", """LogReady(logger)""", """LogLevel.Information, "Ready")""", "ILogger logger")]
    [InlineData("""LoggerExtensions.LogInformation(logger, "Ready")""", """LogReady(logger)""", """LogLevel.Information, "Ready")""", "ILogger logger")]
    [InlineData("""logger.LogInformation(args: [count, time], message: "{A} {B}")""", null, null, null)]
    [InlineData("""own.LogInformation("It can't be {Reason,5} now or ever again", name ?? "none")""", """LogItCantBeNowOr(own, name ?? "none")""", """LogLevel.Information, "It can't be {Reason,5} now or ever again")""", "TrainLogger logger, string reason")]
    [InlineData("""typed.LogInformation("{Step} {@Shape}", step, shape)""", """LogStepShape(typed, step, shape)""", """LogLevel.Information, "{Step} {@Shape}")""", "ILogger logger, long? step, int[] shape")]
    [InlineData("""logger.LogInformation("{Logger} {Exception}", count, count)""", """LogLoggerException(logger, count, count)""", """LogLevel.Information, "{Logger} {Exception}")""", "ILogger logger_, int logger, int exception")]
    [InlineData("""logger.LogInformation("{Class}", null)""", null, null, null)]
    [InlineData("""logger.LogInformation("{Class} {Other}", null, 3)""", """LogClassOther(logger, null, 3)""", """LogLevel.Information, "{Class} {Other}")""", "ILogger logger, object? @class, int other")]
    [InlineData("""logger.LogInformation(Message, count)""", """LogCounted(logger, count)""", """LogLevel.Information, "Counted {Count}")""", "ILogger logger, int count")]
    [InlineData("""logger.LogInformation("Counted " + "{Count}", count)""", """LogCounted(logger, count)""", """LogLevel.Information, "Counted " + "{Count}")""", "ILogger logger, int count")]
    [InlineData("""logger.LogInformation("!")""", """LogMessage(logger)""", """LogLevel.Information, "!")""", "ILogger logger")]
    public async Task A_plain_call_becomes_a_method_of_its_type(string call, string? fixedCall, string? attribute, string? parameters)
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), Class(call, partial: string.Empty, added: string.Empty));
        if (fixedCall is null)
        {
            Assert.Empty(await sources.Fixable());
            return;
        }

        await sources.FixFirst();
        string added = $"""


                [TrainLog({attribute}]
                private static partial void {fixedCall[..fixedCall.IndexOf('(')]}({parameters});
            """.Replace("\n        ", "\n    ");
        Assert.Equal(Class(fixedCall, "partial ", added), Assert.Single(sources.Texts));
        sources.AssertCompiles();
    }

    [Theory]
    [InlineData("""logger.LogInformation("{A} {A}", count, count)""")]
    [InlineData("""logger.LogInformation("{0}", count)""")]
    [InlineData("""logger.LogInformation("{A.B}", count)""")]
    [InlineData("""logger.LogInformation("{A", count)""")]
    [InlineData("""logger.LogInformation("{A}", count, time)""")]
    [InlineData("""logger.LogInformation("[?, {A}]", count)""")]
    [InlineData("""logger.LogInformation($"{count}")""")]
    [InlineData("""logger.LogInformation(name)""")]
    [InlineData("""logger.LogInformation("{A}", new { count })""")]
    [InlineData("""logger.LogInformation("{A}", failure)""")]
    [InlineData("""logger.LogInformation(Own, "m")""")]
    [InlineData("""logger.Log(LogLevel.None, "m")""")]
    [InlineData("""((ILogger?)logger)?.LogInformation("m")""")]
    [InlineData("""logger.BeginScope("{A}", count)""")]
    public async Task A_call_that_no_method_can_replace_stays(string call)
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), Class(call, partial: string.Empty, added: string.Empty));
        Assert.Empty(await sources.Fixable());
    }

    [Fact]
    public async Task All_calls_are_fixed_at_once_with_names_of_their_own_and_a_method_that_says_the_same_is_used_again()
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), """
            // Licence.
            using Microsoft.Extensions.Logging;

            namespace Some
            {
                public class Outer
                {
                    private sealed record Inner<T>(ILogger<Inner<T>> Logger)
                    {
                        public void Run(T item, int count)
                        {
                            Logger.LogInformation("Run {Item}", item);
                            Logger.LogInformation("Run {Item}", item);
                            Logger.LogInformation("Run {Count}", count);
                            Logger.LogInformation(
                                "Ran", // all of it
                                []);
                            int LogRun3 = 0;
                            Logger.LogWarning("Run {Count}", LogRun3);
                            Run(() => Logger.LogInformation("Run"));
                        }

                        private static void Run(System.Action action) => action();
                    }
                }
            }
            """);
        await sources.FixAll();
        Assert.Equal("""
            // Licence.
            using FastTrainLog;
            using Microsoft.Extensions.Logging;

            namespace Some
            {
                public partial class Outer
                {
                    private sealed partial record Inner<T>(ILogger<Inner<T>> Logger)
                    {
                        public void Run(T item, int count)
                        {
                            LogRun(Logger, item);
                            LogRun(Logger, item);
                            LogRun2(Logger, count);
                            Logger.LogInformation(
                                "Ran", // all of it
                                []);
                            int LogRun3 = 0;
                            LogRun4(Logger, LogRun3);
                            Run(() => LogRun5(Logger));
                        }

                        private static void Run(System.Action action) => action();

                        [TrainLog(LogLevel.Information, "Run {Item}")]
                        private static partial void LogRun(ILogger logger, T? item);

                        [TrainLog(LogLevel.Information, "Run {Count}")]
                        private static partial void LogRun2(ILogger logger, int count);

                        [TrainLog(LogLevel.Warning, "Run {Count}")]
                        private static partial void LogRun4(ILogger logger, int count);

                        [TrainLog(LogLevel.Information, "Run")]
                        private static partial void LogRun5(ILogger logger);
                    }
                }
            }
            """, Assert.Single(sources.Texts));
        sources.AssertCompiles();
    }

    [Fact]
    public async Task The_parts_of_a_type_share_their_methods()
    {
        const string Part = """
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            partial class Shared
            {
                static void M0(ILogger logger, int a)
                {
                    logger.LogInformation("Same {A}", a);
                    logger.LogInformation("Other {A}", a);
                }
            }
            """;
        using var sources = new FixedSources(new PlainCallCodeFix(), Part, Part.Replace("M0", "M1").Replace("int a", "long a").Replace("Same {A}\", a", "Same {A}\", (int)a"));
        await sources.FixAll(FixAllScope.Solution);
        Assert.Contains("LogSame(logger, a);", sources.Texts[0]);
        Assert.Contains("LogOther(logger, a);", sources.Texts[0]);
        Assert.Contains("LogSame(logger, (int)a);", sources.Texts[1]);
        Assert.Contains("LogOther2(logger, a);", sources.Texts[1]);
        Assert.DoesNotContain("void LogSame", sources.Texts[1]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task Only_the_asked_for_document_changes()
    {
        const string Source = "using Microsoft.Extensions.Logging; class C0 { static void M(ILogger logger) => logger.LogInformation(\"m\"); }";
        using var sources = new FixedSources(new PlainCallCodeFix(), Source, Source.Replace("C0", "C1"));
        await sources.FixAll(FixAllScope.Document);
        Assert.Contains("LogM", sources.Texts[0]);
        Assert.DoesNotContain("LogM", sources.Texts[1]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task Calls_of_top_level_statements_get_a_class_of_messages()
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), OutputKind.ConsoleApplication, """
            using Microsoft.Extensions.Logging;
            using Microsoft.Extensions.Logging.Abstractions;

            ILogger logger = NullLogger.Instance;
            logger.LogInformation("Started with {Count} arguments", args.Length);
            logger.LogInformation("Ended");
            """);
        await sources.FixAll();
        Assert.Equal("""
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            using Microsoft.Extensions.Logging.Abstractions;

            ILogger logger = NullLogger.Instance;
            Log.LogStartedWithArguments(logger, args.Length);
            Log.LogEnded(logger);

            internal static partial class Log
            {
                [TrainLog(LogLevel.Information, "Started with {Count} arguments")]
                public static partial void LogStartedWithArguments(ILogger logger, int count);

                [TrainLog(LogLevel.Information, "Ended")]
                public static partial void LogEnded(ILogger logger);
            }
            """, Assert.Single(sources.Texts).TrimEnd());
        sources.AssertCompiles();
    }

    [Fact]
    public async Task Calls_of_a_file_local_type_get_a_class_of_messages_beside_what_stands_there()
    {
        using var sources = new FixedSources(
            new PlainCallCodeFix(),
            """
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            namespace Some;
            file class Hidden
            {
                public static void M(ILogger logger, int a) => logger.LogInformation("Ended {A}", a);
            }
            """,
            """
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            namespace Some;
            static partial class Log
            {
                [TrainLog(LogLevel.Error, "m")] public static partial void LogEnded(ILogger logger);
            }
            """);
        await sources.FixAll();
        Assert.Contains("=> Log.LogEnded2(logger, a);", sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Theory]
    [InlineData("file class Outer { class Inner { static void M(ILogger logger) => logger.LogInformation(\"Ended\"); } }")]
    [InlineData("interface IOuter { class Inner { static void M(ILogger logger) => logger.LogInformation(\"Ended\"); } }")]
    public async Task A_call_inside_of_a_type_that_cannot_have_methods_gets_a_class_of_messages_outside(string type)
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), $"using FastTrainLog;\nusing Microsoft.Extensions.Logging;\n{type}\n");
        await sources.FixAll();
        Assert.Contains("=> Log.LogEnded(logger);", sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task A_method_gets_no_name_that_a_base_type_has()
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), """
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            class Derived : Base
            {
                static void M(ILogger logger) => logger.LogInformation("Ready");
            }
            class Base : First;
            class First
            {
                protected static void LogReady(ILogger logger) { }
            }
            """);
        await sources.FixAll();
        Assert.Contains("=> LogReady2(logger);", sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task A_file_with_carriage_returns_keeps_them()
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), Class("""logger.LogDebug("m")""", string.Empty, string.Empty).Replace("\n", "\r\n").Replace("using FastTrainLog;\r\n", string.Empty).Replace("TrainLogger", "ILogger"));
        await sources.FixAll();
        Assert.DoesNotContain("\n", sources.Texts[0].Replace("\r\n", string.Empty));
        sources.AssertCompiles();
    }

    private static string Class(string call, string partial, string added) => $$"""
        using System;
        using FastTrainLog;
        using Microsoft.Extensions.Logging;

        namespace Some;

        internal {{partial}}class Reader
        {
            private const string Message = "Counted {Count}";
            private static readonly EventId Own = new(3);

            public void Read(ILogger logger, TrainLogger own, ILogger<Reader> typed, Exception failure, LogLevel level, int count, double time, string file, string? name, long? step, int[] shape)
            {
                {{call}};
            }{{added}}
        }
        """;
}
