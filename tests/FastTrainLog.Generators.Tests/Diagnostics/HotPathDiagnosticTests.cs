using FastTrainLog.Generators.Analyzers;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Tests.Diagnostics;

/// <summary>What makes a call of a log method allocate is said at the argument.</summary>
public sealed class HotPathDiagnosticTests
{
    [Theory]
    [InlineData("""[|$"{count} images"|]""")]
    [InlineData("""[|"images: " + count|]""")]
    [InlineData("""([|$"{count} images"|])""")]
    [InlineData("""[|name + "!"|]""")]
    public Task FTL0052_interpolated_argument(string argument) => Single(
        "FTL0052",
        DiagnosticSeverity.Warning,
        "The string for 'text' is built at every call of 'Said', even if the level is off; give the message a placeholder for each part",
        $"Log.Said(logger, {argument});");

    [Theory]
    [InlineData("Log.Boxed(logger, [|count|]);", "any", "boxes 'int'", "Boxed")]
    [InlineData("Log.Boxed(any: [|DateTime.Now|], logger: logger);", "any", "boxes 'DateTime'", "Boxed")]
    [InlineData("Log.Said(logger, [|count.ToString()|]);", "text", "creates a string by ToString", "Said")]
    [InlineData("Log.Said(logger, [|string.Join(',', name, name)|]);", "text", "creates a string by Join", "Said")]
    [InlineData("Log.Said(logger, [|name.Trim()|]);", "text", "creates a string by Trim", "Said")]
    [InlineData("Log.Shaped(logger, [|new[] { count }|]);", "shape", "allocates an array", "Shaped")]
    [InlineData("Log.Shaped(logger, [|[count, count]|]);", "shape", "allocates 'int[]'", "Shaped")]
    [InlineData("Log.Shaped(logger, [|items.ToArray()|]);", "shape", "allocates 'int[]' by ToArray", "Shaped")]
    [InlineData("Log.Boxed(logger, [|new object()|]);", "any", "allocates 'object'", "Boxed")]
    [InlineData("Log.Boxed(logger, [|new { count }|]);", "any", "allocates an object", "Boxed")]
    public Task FTL0053_allocating_argument(string call, string parameter, string allocation, string method) => Single(
        "FTL0053",
        DiagnosticSeverity.Warning,
        $"The argument for '{parameter}' {allocation} at every call of '{method}', even if the level is off; pass the value itself to a parameter of its type, or check IsEnabled first",
        call);

    [Theory]
    [InlineData("FTL0052", "public static partial void M(ILogger logger, string a);", "Other.M(logger, [|$\"{count}\"|]);")]
    [InlineData("FTL0053", "public static partial void M(ILogger logger, string a);", "Other.M(logger, [|count.ToString()|]);")]
    [InlineData("FTL0053", "public partial void M(string a); private readonly ILogger<Other> _logger = null!;", "new Other().M([|count.ToString()|]);")]
    public async Task On_another_logger_it_is_advice_that_fails_no_build(string id, string method, string call)
    {
        string source = Source(call) + $$"""partial class Other { [TrainLog(1, LogLevel.Debug, "{a}")] {{method}} }""";
        Assert.Equal((id, DiagnosticSeverity.Info), await Expected.Only(new HotPathAnalyzer(), source));
        source = source.Replace("ILogger<Other>", "TrainLogger").Replace("M(ILogger", "M(TrainLogger");
        Assert.Equal((id, DiagnosticSeverity.Warning), await Expected.Only(new HotPathAnalyzer(), source));
    }

    [Theory]
    [InlineData("object")]
    [InlineData("Point?")]
    public Task FTL0054_parameter_formatted_by_ToString(string type) => Single(
        "FTL0054",
        DiagnosticSeverity.Info,
        $"Parameter 'a' is formatted by the ToString of '{type}' at the call, which allocates; pass its values, or let the type implement ISpanFormattable",
        string.Empty,
        $$"""[TrainLog(9, LogLevel.Debug, "m {a}")] public static partial void M(ILogger logger, {{type}} [|a|]);""");

    [Fact]
    public Task Arguments_that_cost_nothing_have_no_diagnostic() => Expected.None(new HotPathAnalyzer(), Source("""
        Log.Said(logger, name);
        Log.Said(logger, "constant" + " text");
        Log.Said(logger, $"constant {nameof(count)}");
        Log.Said(logger, name.ToString());
        Log.Boxed(logger, name);
        Log.Shaped(logger, []);
        Log.Shaped(logger);
        Log.Spanned(logger, [("a", count), ("b", count)]);
        Log.Failed(logger, new InvalidOperationException("m"), count.ToString());
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Said(logger, $"{count}");
            Log.Boxed(logger, count);
        }

        try
        {
            Console.WriteLine($"{count}");
        }
        catch (Exception exception)
        {
            Log.Said(logger, exception.ToString());
        }
        """));

    [Theory]
    [InlineData("[LogFields] Config")]
    [InlineData("[SecretData] Config")]
    public Task A_parameter_that_is_taken_apart_or_redacted_is_not_formatted_by_ToString(string parameter) => Expected.None(
        new HotPathAnalyzer(), Source(string.Empty, $$"""[TrainLog(9, LogLevel.Debug, "m")] public static partial void M(ILogger logger, {{parameter}} a);"""));

    private static Task Single(string id, DiagnosticSeverity severity, string message, string body, string members = "") =>
        Expected.Single(new HotPathAnalyzer(), id, severity, message, Source(body, members));

    private static string Source(string body, string members = "") => $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using FastTrainLog;
        using Microsoft.Extensions.Logging;
        struct Point { }
        record Config(int A);
        static class Loop
        {
            static void Run(TrainLogger logger, int count, string name, List<int> items)
            {
                {{body}}
            }
        }
        static partial class Log
        {
            [TrainLog(1, LogLevel.Debug, "{text}")] public static partial void Said(TrainLogger logger, string text);
        #pragma warning disable FTL0054
            [TrainLog("{any}", EventId = 2, Level = LogLevel.Debug)] public static partial void Boxed(TrainLogger logger, object? any);
        #pragma warning restore FTL0054
            [TrainLog(3, LogLevel.Debug, "{shape}")] public static partial void Shaped(TrainLogger logger, params int[] shape);
            [TrainLog(4, LogLevel.Debug, "{text}")] public static partial void Spanned(TrainLogger logger, ReadOnlySpan<Metric> text);
            [TrainLog(5, LogLevel.Error, "{text}")] public static partial void Failed(TrainLogger logger, Exception exception, string text);
            {{members}}
        }
        """;
}
