using FastTrainLog.Generators.Analyzers;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Tests.Diagnostics;

public sealed class ConversionDiagnosticTests
{
    [Fact]
    public Task FTL0050_plain_call() => Expected.Single(
        new ConversionAnalyzer(),
        "FTL0050",
        DiagnosticSeverity.Info,
        "This call of 'LogInformation' boxes its arguments and looks up its message; a [TrainLog] method does neither",
        """
        using Microsoft.Extensions.Logging;
        static class Loop
        {
            static void Run(ILogger logger, int count) => [|logger.LogInformation("{Count} images", count)|];
        }
        """);

    [Fact]
    public Task FTL0051_other_attribute() => Expected.Single(
        new ConversionAnalyzer(),
        "FTL0051",
        DiagnosticSeverity.Info,
        "Method 'Counted' can have [TrainLog], which takes the same arguments and logs to FastTrainLog without an allocation",
        """
        using Microsoft.Extensions.Logging;
        static partial class Log
        {
            [[|LoggerMessage(1, LogLevel.Information, "{Count} images")|]] static partial void Counted(ILogger logger, int count);
        }
        """);

    [Fact]
    public Task A_method_whose_message_would_have_an_optional_section_stays() => Expected.None(new ConversionAnalyzer(), """
        using Microsoft.Extensions.Logging;
        static partial class Log
        {
            [LoggerMessage(1, LogLevel.Information, "{Count}[? of {All}]")] static partial void First(ILogger logger, int count, int? all);

            [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Count}[? of {All}]")] static partial void Second(ILogger logger, int count, int? all);
        }
        """);

    [Fact]
    public Task A_call_with_the_identifier_that_means_none_to_the_attribute_stays() => Expected.None(new ConversionAnalyzer(), """
        using Microsoft.Extensions.Logging;
        static class Loop
        {
            static void Run(ILogger logger)
            {
                logger.LogInformation(-1, "m");
                logger.LogInformation(new EventId(-1, "None"), "m");
            }
        }
        """);
}
