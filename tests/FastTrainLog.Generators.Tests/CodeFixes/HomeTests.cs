using FastTrainLog.Generators.CodeFixes;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Tests.CodeFixes;

/// <summary>The method for a plain call goes where it can be, with types that can be named there, and says what the call says.</summary>
public sealed class HomeTests
{
    [Theory]
    [InlineData("class Other { public static int Count => 1; }")]
    [InlineData("namespace Some { class Other; }")]
    [InlineData("static partial class Other { public static void Run(ILogger logger) => logger.LogInformation(\"inner {Count}\", 2); }")]
    [InlineData("interface IOther; enum Phase { One }")]
    public async Task Calls_of_top_level_statements_get_a_class_of_their_own(string behind)
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), OutputKind.ConsoleApplication, $$"""
            using Microsoft.Extensions.Logging;
            using Microsoft.Extensions.Logging.Abstractions;

            ILogger logger = NullLogger.Instance;
            logger.LogInformation("top {Count}", args.Length);

            {{behind}}
            """);
        await sources.FixAll();
        Assert.Contains("Log.LogTop(logger, args.Length);", sources.Texts[0]);
        Assert.Contains("internal static partial class Log\n{", sources.Texts[0]);
        Assert.Contains("    public static partial void LogTop(ILogger logger, int count);", sources.Texts[0]);
        Assert.Equal(behind.Contains("inner"), sources.Texts[0].Contains("    private static partial void LogInner(ILogger logger, int count);"));
        sources.AssertCompiles();
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("new List<Dictionary<TKey, int>.KeyCollection> { keys }")]
    [InlineData("new[] { keys }")]
    [InlineData("default(Dictionary<int, TKey[]>.Enumerator)")]
    [InlineData("key")]
    public async Task A_type_that_a_method_cannot_name_stays_with_its_call(string value)
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), $$"""
            using System.Collections.Generic;
            using Microsoft.Extensions.Logging;
            class Loop
            {
                void Run<TKey>(ILogger logger, TKey key, Dictionary<TKey, int>.KeyCollection keys) where TKey : notnull => logger.LogInformation("{Value}", {{value}});
            }
            """);
        Assert.Empty(await sources.Fixable());
    }

    [Theory]
    [InlineData("interface ILoop<T> { static void Run(ILogger logger, T value) => logger.LogInformation(\"{Value}\", value); }")]
    [InlineData("interface ILoop { private sealed class Hidden; private static void Run(ILogger logger, Hidden value) => logger.LogInformation(\"{Value}\", value); }")]
    [InlineData("interface ILoop { protected enum Hidden { One } private static void Run(ILogger logger, Hidden[] value) => logger.LogInformation(\"{Value}\", value); }")]
    public async Task A_type_that_a_class_of_messages_cannot_name_stays_with_its_call(string source)
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), "using Microsoft.Extensions.Logging;\n" + source);
        Assert.Empty(await sources.Fixable());
    }

    [Fact]
    public async Task A_type_of_the_calling_class_is_named()
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), """
            using System.Collections.Generic;
            using Microsoft.Extensions.Logging;
            class Loop<TKey> where TKey : notnull
            {
                private enum Phase { One }
                class Inner
                {
                    private protected sealed class Deep<T>;
                    void Run(ILogger logger, Dictionary<TKey, int>.KeyCollection keys, Phase phase, Deep<TKey>? deep) => logger.LogInformation("{Keys} {Phase} {Deep}", keys, phase, deep);
                }
            }
            """);
        await sources.FixAll();
        Assert.Contains("(ILogger logger, Dictionary<TKey, int>.KeyCollection keys, ", sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task Line_ends_inside_of_a_message_stay_as_they_are()
    {
        const string Quotes = "\"\"\"";
        string source = $"""
            using Microsoft.Extensions.Logging;
            class Loop
            @
                void Run(ILogger logger, int count)
                @
                    logger.LogInformation({Quotes}
                        first {"{Count}"}
                        second
                        {Quotes}, count);
                    logger.LogInformation(@"third
            fourth");
                %
            %
            """.Replace('@', '{').Replace("{\"third", "@\"third").Replace('%', '}').ReplaceLineEndings("\r\n");
        using var sources = new FixedSources(new PlainCallCodeFix(), source);
        await sources.FixAll();
        string text = sources.Texts[0];
        Assert.DoesNotContain("\r\r", text);
        Assert.DoesNotContain('\n', text.Replace("\r\n", string.Empty));
        Assert.Contains("first {Count}\r\n", text);
        Assert.Contains("@\"third\r\nfourth\"", text);
        sources.AssertCompiles();
    }

    [Theory]
    [InlineData("logger!.LogInformation(\"{Name}\", name!)", "(logger!, name!)", "ILogger logger, string name")]
    [InlineData("logger!.LogError(failure!, \"{Name}\", name)", "(logger!, failure!, name)", "ILogger logger, Exception exception, string? name")]
    [InlineData("(logger!).LogInformation(\"{Length}\", name!.Length)", "((logger!), name!.Length)", "ILogger logger, int length")]
    [InlineData("LoggerExtensions.LogInformation(logger!, \"{Name}\", (object)name!)", "(logger!, (object)name!)", "ILogger logger, object name")]
    public async Task What_says_that_a_value_is_not_null_stays(string call, string arguments, string parameters)
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), $$"""
            using System;
            using Microsoft.Extensions.Logging;
            class Loop
            {
                void Run(ILogger? logger, string? name, Exception? failure) => {{call}};
            }
            """);
        await sources.FixAll();
        Assert.Contains(arguments + ";", sources.Texts[0]);
        Assert.Contains($"({parameters});", sources.Texts[0]);
        sources.AssertCompiles();
    }

    [Fact]
    public async Task Numbers_in_memory_which_other_loggers_get_as_their_text_stay()
    {
        using var sources = new FixedSources(new PlainCallCodeFix(), """
            using System;
            using Microsoft.Extensions.Logging;
            class Loop { void Run(ILogger logger, Memory<int> numbers) => logger.LogInformation("{Numbers}", numbers); }
            """);
        Assert.Empty(await sources.Fixable());
    }
}
