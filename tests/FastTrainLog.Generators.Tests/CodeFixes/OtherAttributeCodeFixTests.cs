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
