using FastTrainLog.Generators.CodeFixes;

namespace FastTrainLog.Generators.Tests.CodeFixes;

public sealed class OtherAttributeCodeFixTests
{
    [Fact]
    public async Task Each_form_of_the_other_attributes_becomes_ours_with_its_arguments()
    {
        using var sources = new FixedSources(new OtherAttributeCodeFix(), """
            using System;
            using Microsoft.Extensions.Logging;

            namespace Some
            {
                internal static partial class Log
                {
                    [LoggerMessage(1, LogLevel.Information, "one {A}")] // stays
                    public static partial void One(this ILogger logger, int a);

                    [Obsolete, LoggerMessage(LogLevel.Information, "two")]
                    public static partial void Two(ILogger logger);

                    [Microsoft.Extensions.Logging.LoggerMessageAttribute(EventId = 3, EventName = "Third", Level = LogLevel.Error, Message = "three", SkipEnabledCheck = true)]
                    public static partial void Three(ILogger logger, Exception failure);

                    [ZLogger.ZLoggerMessage(LogLevel.Error, "four")]
                    public static partial void Four(ILogger logger);
                }
            }

            namespace ZLogger
            {
                internal sealed class ZLoggerMessageAttribute(LogLevel level, string message) : Attribute
                {
                    public LogLevel Level => level;
                    public string Message => message;
                }
            }
            """);
        string before = sources.Texts[0];
        await sources.FixAll();
        Assert.Equal(
            before.Replace("using System;\n", "using System;\nusing FastTrainLog;\n")
                .Replace("[LoggerMessage", "[TrainLog")
                .Replace(" LoggerMessage(", " TrainLog(")
                .Replace("Microsoft.Extensions.Logging.LoggerMessageAttribute", "TrainLog")
                .Replace("ZLogger.ZLoggerMessage(", "TrainLog("),
            sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task However_the_attribute_is_written_it_becomes_ours_and_all_around_it_stays()
    {
        using var sources = new FixedSources(new OtherAttributeCodeFix(), """
            using System;
            using Microsoft.Extensions.Logging;
            using Theirs = Microsoft.Extensions.Logging.LoggerMessageAttribute;

            namespace Some
            {
                public static partial class Outer<T>
                {
                    private const string Start = "Step";

                    private partial struct Inner
                    {
                        /// <summary>Says it.</summary>
                        // Before.
                        [global::Microsoft.Extensions.Logging.LoggerMessage(1, LogLevel.Debug, Start + " {A}" /* inside */)] // after
                        public static partial void One(ILogger logger, T a);

                        [method: LoggerMessage(EventId = 0x10, Level = (LogLevel)1, Message = "two")]
                        public static partial void Two(ILogger logger);

                        [Theirs(3, LogLevel.Information,
                            "three {B}")]
                        public static partial void Three(ILogger logger, int b);

            #if !NEVER
                        [LoggerMessage(Message = "four {@C}", Level = LogLevel.Error)]
            #endif
                        public static partial void Four(ILogger logger, string c);

                        [LoggerMessage(LogLevel.Warning, Message = "five", EventName = nameof(Five))] public static partial void Five(ILogger logger, Exception e);
                    }
                }
            }
            """);
        string before = sources.Texts[0];
        await sources.FixAll();
        Assert.Equal(
            before.Replace("using System;\n", "using System;\nusing FastTrainLog;\n")
                .Replace("[global::Microsoft.Extensions.Logging.LoggerMessage(", "[TrainLog(")
                .Replace("[method: LoggerMessage(", "[method: TrainLog(")
                .Replace("[Theirs(", "[TrainLog(")
                .Replace("[LoggerMessage(", "[TrainLog("),
            sources.Texts[0]);
        sources.AssertCompiles();
    }

    private const string ZLogger = """

        namespace ZLogger
        {
            internal sealed class ZLoggerMessageAttribute : Attribute
            {
                public ZLoggerMessageAttribute(LogLevel level, string message) => (Level, Message) = (level, message);
                public LogLevel Level { get; set; }
                public string Message { get; set; }
                public string? EventName { get; set; }
            }
        }
        """;

    [Theory]
    [InlineData("[LoggerMessage(1, LogLevel.Information, \"{Data}\")] static partial void M(ILogger logger, Memory<int> data);")]
    [InlineData("[LoggerMessage(1, LogLevel.Information, \"{Data}\")] static partial void M(ILogger logger, ReadOnlyMemory<double>? data);")]
    [InlineData("[LoggerMessage(1, LogLevel.Information, \"{Data}\")] static partial void M(ILogger logger, [TagProvider(typeof(Log), \"Tags\")] object data);")]
    [InlineData("[LoggerMessage(1, LogLevel.Information, \"m\")] static partial void M(ILogger logger, [LogProperties(SkipNullProperties = true)] Version data);")]
    [InlineData("[LoggerMessage(1, LogLevel.Information, \"{data}\")] static partial void M(ILogger logger, [LogProperties] Version data);")]
    [InlineData("[LoggerMessage(1, LogLevel.Information, \"{data}\")] static partial void M(ILogger logger, Login data);")]
    [InlineData("[LoggerMessage(1, LogLevel.Information, \"{data}[?]{x}]\")] static partial void M(ILogger logger, int data, int x);")]
    [InlineData("[LoggerMessage(1, LogLevel.Information, \"{data:bytes}\")] static partial void M(ILogger logger, double data);")]
    [InlineData("[ZLogger.ZLoggerMessage(LogLevel.Error, \"{data:json}\")] static partial void M(ILogger logger, int data);")]
    [InlineData("[ZLogger.ZLoggerMessage(LogLevel.Error, \"{data:@name:json}\")] static partial void M(ILogger logger, int data);")]
    [InlineData("[ZLogger.ZLoggerMessage(LogLevel.Error, \"{data}\")] static partial void M(ILogger logger, int[] data);")]
    [InlineData("[ZLogger.ZLoggerMessage(LogLevel.Error, \"{data}\")] static partial void M(ILogger logger, List<string> data);")]
    [InlineData("[ZLogger.ZLoggerMessage(LogLevel.Error, \"{data}\")] static partial void M(ILogger logger, object data);")]
    [InlineData("[ZLogger.ZLoggerMessage(LogLevel.Error, \"{data}\")] static partial void M(ILogger logger, dynamic data);")]
    [InlineData("[ZLogger.ZLoggerMessage(LogLevel.Error, \"{data}\")] static partial void M(ILogger logger, Memory<int> data);")]
    [InlineData("[ZLogger.ZLoggerMessage(LogLevel.Error, \"Error: {data}\")] static partial void M(ILogger logger, int data);")]
    [InlineData("const string Text = \"{data:@name}\"; [ZLogger.ZLoggerMessage(LogLevel.Error, Text)] static partial void M(ILogger logger, int data);")]
    public async Task A_method_that_would_say_something_else_or_get_a_new_warning_stays(string method)
    {
        using var sources = new FixedSources(new OtherAttributeCodeFix(), $$"""
            using System;
            using System.Collections.Generic;
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            public sealed record Login([SecretData] string Key);
            internal static partial class Log
            {
                {{method}}
            }
            {{ZLogger}}
            """);
        Assert.Empty(await sources.Fixable());
    }

    [Theory]
    [InlineData("\"{n:@count} of {all}\"", "int n, int all", "\"{n} of {all}\"", "[LogName(\"count\")] int n, int all")]
    [InlineData("\"{n,5:@a.count:F2}\"", "double n", "\"{n,5:F2}\"", "[LogName(\"a.count\")] double n")]
    [InlineData("@\"\"\"{n:@count}\"\"\"", "int? n", "\"\\\"{n}\\\"\"", "[LogName(\"count\")] int? n")]
    public async Task A_name_that_ZLoggers_message_gives_a_value_becomes_an_attribute(string message, string parameters, string fixedMessage, string fixedParameters)
    {
        using var sources = new FixedSources(new OtherAttributeCodeFix(), $$"""
            using System;
            using Microsoft.Extensions.Logging;
            internal static partial class Log
            {
                [ZLogger.ZLoggerMessage(LogLevel.Error, {{message}})]
                public static partial void M(this ILogger logger, {{parameters}});
            }
            {{ZLogger}}
            """);
        await sources.FixAll();
        Assert.Contains($"[TrainLog(LogLevel.Error, {fixedMessage})]\n    public static partial void M(this ILogger logger, {fixedParameters});", sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task A_pragma_that_lets_a_warning_pass_does_so_for_ours()
    {
        using var sources = new FixedSources(new OtherAttributeCodeFix(), """
            using Microsoft.Extensions.Logging;
            static partial class Log
            {
            #pragma warning disable CS0219, SYSLIB1015 // known
                [LoggerMessage(1, LogLevel.Information, "Error: one")] public static partial void One(ILogger logger, int a);
            #pragma warning restore SYSLIB1015
            #pragma warning disable SYSLIB1001, SYSLIB1012
                [LoggerMessage(2, LogLevel.Information, "Error: two")] public static partial void Two(ILogger logger);
            }
            """);
        await sources.FixAll();
        Assert.Contains("#pragma warning disable CS0219, SYSLIB1015, FTL0015 // known\n", sources.Texts[0]);
        Assert.Contains("#pragma warning restore SYSLIB1015, FTL0015\n", sources.Texts[0]);
        Assert.Contains("#pragma warning disable SYSLIB1001, SYSLIB1012, FTL0012\n", sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task Microsofts_attributes_and_dynamic_values_go_along()
    {
        using var sources = new FixedSources(new OtherAttributeCodeFix(), """
            using System;
            using Microsoft.Extensions.Logging;
            using Microsoft.Extensions.Compliance.Classification;
            sealed class PrivateAttribute() : DataClassificationAttribute(new DataClassification("a", "b"));
            sealed record Login(string User, int Attempts);
            static partial class Log
            {
                [LoggerMessage(1, LogLevel.Information, "one {a} {b}")] public static partial void One(ILogger logger, dynamic a, [Private] string b, [LogProperties] Login login);
            }
            """);
        await sources.FixAll();
        Assert.Contains("[TrainLog(1,", sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task One_method_alone_can_be_moved()
    {
        using var sources = new FixedSources(new OtherAttributeCodeFix(), """
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            static partial class Log
            {
                [LoggerMessage(1, LogLevel.Information, "one")] public static partial void One(ILogger logger);
                [LoggerMessage(2, LogLevel.Information, "two")] public static partial void Two(ILogger logger);
            }
            """);
        string before = sources.Texts[0];
        await sources.FixFirst();
        Assert.Equal(before.Replace("[LoggerMessage(1", "[TrainLog(1"), sources.Texts[0]);
        sources.AssertCompiles();
    }
}
