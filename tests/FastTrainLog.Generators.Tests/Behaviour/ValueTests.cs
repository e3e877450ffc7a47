using System.Globalization;
using System.Text.Json;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>What is logged is what was passed, in the format that each hole asks for.</summary>
public sealed class ValueTests
{
    private const string Types = """
        public readonly struct Dual(int value) : ISpanFormattable
        {
            public string ToString(string? format, IFormatProvider? provider) => $"<{format}{value}>";
            public bool TryFormat(Span<char> destination, out int written, ReadOnlySpan<char> format, IFormatProvider? provider) =>
                destination.TryWrite($"<{format}{value}>", out written);
            public override string ToString() => ToString(null, null);
        }
        """;

    [Theory]
    [InlineData("int a, int _a", "1, 2", "1 2")]
    [InlineData("int _a, int __a, int ___a", "1, 2, 3", "1 2 3")]
    [InlineData("int index, int state, int i", "1, 2, 3", "1 2 3")]
    [InlineData("int @this, int _this", "1, 2", "1 2")]
    [InlineData("int record, int direct, int level2", "1, 2, 3", "1 2 3")]
    [InlineData("object text, object textText, object textText2", "1, 2, 3", "1 2 3")]
    [InlineData("int Count, int Event, int Format", "1, 2, 3", "1 2 3")]
    public void Parameters_of_any_names_keep_their_values(string parameters, string values, string expected)
    {
        string[] names = [.. parameters.Split(", ").Select(static p => p.Split(' ')[1].TrimStart('@'))];
        string message = string.Join(' ', names.Select(static n => $"{{{n}}}"));
        CompiledLog.Of($$"""[TrainLog(1, LogLevel.Information, "{{message}}")] static partial void M(ILogger logger, {{parameters}});""", $"M(logger, {values});")
            .Says(expected, [.. names.Zip(values.Split(", "), static (n, v) => (n, v))]);
    }

    [Theory]
    [InlineData("bool a, char b", "true, 'x'", "{a} {b}", "True x")]
    [InlineData("sbyte a, byte b, short c, ushort d", "-1, 2, -3, 4", "{a} {b:X2} {c,4} {d,-4}|", "-1 02   -3 4   |")]
    [InlineData("int a, uint b, long c, ulong d", "-1, 2, -3, ulong.MaxValue", "{a} {b} {c:N0} {d}", "-1 2 -3 18446744073709551615")]
    [InlineData("float a, double b, double c", "1.5f, double.NaN, 0.125", "{a} {b} {c:P1}", "1.5 NaN 12.5 %")]
    [InlineData("string a, string? b, int c", "\"x\", null, 3", "{a,3}|{b}|{{{c}}}", "  x|(null)|{3}")]
    [InlineData("System.Exception e, string a, int b", "new InvalidOperationException(\"why\"), \"x\", 3", "{a} {b}", "x 3")]
    [InlineData("System.Exception? e", "null", "plain", "plain")]
    [InlineData("int a, int b, int c, int d, int e, int f", "1, 2, 3, 4, 5, 6", "{a}{b}{c}{d}{e}{f}", "123456")]
    public void Numbers_strings_and_an_exception_say_the_same_to_every_logger_without_a_type_of_the_methods_own(string parameters, string values, string message, string expected)
    {
        string method = $$"""[TrainLog(1, LogLevel.Information, "{{message}}")] static partial void M(ILogger logger, {{parameters}});""";
        string generated = CompiledLog.Build(method, $"M(logger, {values});").Generated.Values.Single();
        Assert.DoesNotContain("struct", generated, StringComparison.Ordinal);
        Assert.InRange(generated.Split('\n').SkipWhile(static line => !line.Contains("partial class", StringComparison.Ordinal)).Count(), 20, 40);
        var log = CompiledLog.Of(method, $"M(logger, {values});");
        Assert.Equal(expected, log.Foreign[0].Message);
        Assert.All(new[] { log.Own[0], log.Hosted[0] }, line =>
        {
            Assert.Equal(expected, line.GetProperty("message").GetString());
            Assert.Equal(values.Contains("why", StringComparison.Ordinal), line.TryGetProperty("exception", out JsonElement exception) && exception.ToString().Contains("why", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("System.Numerics.Complex", "new(1.26, 2)", "{v:F1} {v}", "<1.3; 2.0> <1.26; 2>", "<1.3; 2.0>")]
    [InlineData("System.Numerics.Complex", "new(1.26, 2)", "{v} {v:F1} {v:F2}", "<1.26; 2> <1.3; 2.0> <1.26; 2.00>", "<1.26; 2>")]
    [InlineData("Dual?", "new Dual(1)", "{v:X} {v} {v:X}", "<X1> <1> <X1>", "<X1>")]
    [InlineData("System.Enum", "DayOfWeek.Friday", "{v:D} {v}", "5 Friday", "5")]
    [InlineData("System.Enum", "DayOfWeek.Friday", "{v} {v:D} {v:X}", "Friday 5 00000005", "Friday")]
    [InlineData("object", "1.26", "{v:F1} {v} {v,6:F1}|", "1.3 1.26    1.3|", "1.3")]
    [InlineData("IFormattable", "1.26", "{v:F1} {V:F3}", "1.3 1.260", "1.3")]
    [InlineData("dynamic", "1.26", "{v:F1} {v}", "1.3 1.26", "1.3")]
    [InlineData("double", "1.26", "{v:F1} {v}", "1.3 1.26", "1.26")]
    public void Each_hole_of_a_value_has_its_own_format(string type, string value, string message, string expected, string field)
    {
        CompiledLog log = CompiledLog.Of(
            $$"""[TrainLog(1, LogLevel.Information, "{{message.Replace("{V:", "{v:")}}")] static partial void M(ILogger logger, {{type}} v);""", $"M(logger, {value});", Types);
        Assert.Equal(expected, log.Foreign[0].Message);
        Assert.All(new[] { log.Own[0], log.Hosted[0] }, line =>
        {
            Assert.Equal(expected, line.GetProperty("message").GetString());
            Assert.Equal(["v"], line.GetProperty("properties").EnumerateObject().Select(static p => p.Name));
            Assert.Equal(field, line.GetProperty("properties").GetProperty("v").ToString());
        });
    }

    [Fact]
    public void Null_shows_in_each_hole_and_leaves_an_optional_section_out()
    {
        CompiledLog log = CompiledLog.Of(
            """[TrainLog(1, LogLevel.Information, "{v:F1} {v} [?and {v:F2}]")] static partial void M(ILogger logger, object? v);""", "M(logger, null);");
        Assert.All(new[] { log.Own[0], log.Hosted[0] }, static line => Assert.Equal("(null) (null) ", line.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("double[] a", "[0.5]", "{a}", "0.5")]
    [InlineData("object a", "new object[] { 0.5, 1.5m }", "{a}", "0.5, 1.5")]
    [InlineData("List<float?> a", "[0.5f, null]", "{a}", "0.5, (null)")]
    [InlineData("IEnumerable<double> a, int b", "new[] { 0.5 }, 1", "{b} {a}", "1 [0.5]")]
    [InlineData("double a, DateTime b", "0.5, new DateTime(2026, 1, 2)", "{a} {b}", "0.5 01/02/2026 00:00:00")]
    public void No_value_follows_the_threads_culture(string parameters, string values, string message, string expected)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.DateTimeFormat.ShortDatePattern = "dd.MM.yyyy";
        CultureInfo.CurrentCulture = comma;
        try
        {
            CompiledLog log = CompiledLog.Of($$"""[TrainLog(1, LogLevel.Information, "{{message}}")] static partial void M(ILogger logger, {{parameters}});""", $"M(logger, {values});");
            Assert.Equal(expected, log.Foreign[0].Message);
            Assert.Equal(expected, log.Own[0].GetProperty("message").GetString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("DateTime v", "new DateTime(2026, 1, 2)", "{v:yyyy }|", "2026 |")]
    [InlineData("DateTime v", "new DateTime(2026, 1, 2)", "{v:  yyyy'a\"b'  }|", "  2026a\"b  |")]
    [InlineData("DateTime? v", "new DateTime(2026, 1, 2)", "{v:yyyy\u00a0MM }|", "2026\u00a001 |")]
    [InlineData("double v", "1.5", "{v:0.0 }|", "1.5 |")]
    [InlineData("double v", "1.5", "{v,8:0.0 }|", "    1.5 |")]
    [InlineData("object v", "1.5", "{v:0.0 }|", "1.5 |")]
    [InlineData("double v", "1.5", "{v:0\\'.0}|", "1'.5|")]
    public void A_format_may_be_any_text(string parameter, string value, string message, string expected)
    {
        CompiledLog log = CompiledLog.Of($"[TrainLog(1, LogLevel.Information, {Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(message, quote: true)})] static partial void M(ILogger logger, {parameter});", $"M(logger, {value});");
        Assert.Equal(expected, log.Foreign[0].Message);
        Assert.All(new[] { log.Own[0], log.Hosted[0] }, line => Assert.Equal(expected, line.GetProperty("message").GetString()));
    }

    [Fact]
    public void A_wide_column_and_nested_classes_make_no_warning()
    {
        CompiledLog log = CompiledLog.Of(
            """[TrainLog(1, LogLevel.Information, "{a,40000}")] static partial void M(ILogger logger, int a);""",
            "M(logger, 1);",
            """
            public partial class Base
            {
                [TrainLog(1, LogLevel.Information, "{a}")] public static partial void M(ILogger logger, int a);
                public sealed partial class Derived : Base { [TrainLog(1, LogLevel.Information, "{a}")] public static new partial void M(ILogger logger, int a); }
            }
            """);

        Assert.Equal("1".PadLeft(40_000), log.Foreign[0].Message);
        // What writes files follows no width beyond 1,000.
        Assert.All(new[] { log.Own[0], log.Hosted[0] }, line => Assert.Equal("1".PadLeft(1_000), line.GetProperty("message").GetString()));
    }

    [Fact]
    public void Overloads_stand_beside_methods_whose_names_end_in_a_number() => Assert.Equal(
        ["a 1", "b x", "c 2", "d 3.5", "e 1"],
        CompiledLog.Of(
            """
            [TrainLog(1, LogLevel.Information, "a {a}")] static partial void Step(ILogger logger, int a);
            [TrainLog(2, LogLevel.Information, "b {a}")] static partial void Step(ILogger logger, string a);
            [TrainLog(3, LogLevel.Information, "c {a}")] static partial void Step_1(ILogger logger, int a);
            [TrainLog(4, LogLevel.Information, "d {a}")] static partial void Step(ILogger logger, double a);
            [TrainLog(5, LogLevel.Information, "e {a}")] static partial void Step_1_1(ILogger logger, int a);
            """,
            """Step(logger, 1); Step(logger, "x"); Step_1(logger, 2); Step(logger, 3.5); Step_1_1(logger, 1);""").Own.Select(static l => l.GetProperty("message").GetString()));

    [Theory]
    [InlineData("where TLogger : struct, ILogger", "new Wrapped(logger)")]
    [InlineData("where TLogger : unmanaged, ILogger", "new Handle()")]
    [InlineData("where TLogger : ILogger", "new Wrapped(logger)")]
    [InlineData("where TLogger : class, ILogger", "logger")]
    [InlineData("where TLogger : Holder", "new Holder(logger)")]
    public void A_logger_may_be_of_a_type_parameter(string constraint, string argument) => CompiledLog.Of(
        $$"""[TrainLog(1, LogLevel.Information, "{a}")] static partial void M<TLogger>(TLogger log, int a) {{constraint}};""",
        $"Handle.Target = logger; M({argument}, 1);",
        """
        public readonly struct Wrapped(ILogger inner) : ILogger
        {
            public bool IsEnabled(LogLevel level) => inner.IsEnabled(level);
            public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => inner.Log(level, id, state, exception, formatter);
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        }
        public readonly struct Handle : ILogger
        {
            public static ILogger Target = null!;
            public bool IsEnabled(LogLevel level) => Target.IsEnabled(level);
            public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Target.Log(level, id, state, exception, formatter);
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        }
        public class Holder(ILogger inner) : ILogger
        {
            public bool IsEnabled(LogLevel level) => inner.IsEnabled(level);
            public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => inner.Log(level, id, state, exception, formatter);
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        }
        """).Says("1", ("a", "1"));

    [Theory]
    [InlineData("dynamic a", "1.5", "1.5")]
    [InlineData("dynamic? a", "null", "(null)")]
    [InlineData("dynamic[] a", "new object[] { 1, \"x\" }", "1, x")]
    [InlineData("List<dynamic> a", "[1, \"x\"]", "1, x")]
    [InlineData("in dynamic a", "1.5", "1.5")]
    public void Dynamic_values_are_logged_as_the_objects_they_are(string parameter, string value, string expected)
    {
        CompiledLog log = CompiledLog.Of($$"""[TrainLog(1, LogLevel.Information, "{a}")] static partial void M(ILogger logger, {{parameter}});""", $"M(logger, {value});");
        Assert.Equal(expected, log.Foreign[0].Message);
        Assert.All(new[] { log.Own[0], log.Hosted[0] }, line => Assert.Equal(expected, line.GetProperty("message").GetString()));
    }

    [Fact]
    public void A_dynamic_property_is_logged_too() => CompiledLog.Of(
        """[TrainLog(1, LogLevel.Information, "m")] static partial void M(ILogger logger, [LogFields] C x, [LogName("named")] dynamic y);""", "M(logger, new C(), 2);", "public sealed class C { public dynamic? D => 1; }")
        .Says("m", ("x.D", "1"), ("named", "2"));

    [Theory]
    [InlineData("public sealed partial class A { public required ILogger Log { get; init; } [TrainLog(1, LogLevel.Information, \"{a}\")] public partial void M(int a); }")]
    [InlineData("public class B { public required ILogger Log { protected get; init; } } public sealed partial class A : B { [TrainLog(1, LogLevel.Information, \"{a}\")] public partial void M(int a); }")]
    [InlineData("public class B { public required virtual ILogger Log { get; init; } } public sealed partial class A : B { public required override ILogger Log { get => base.Log; init => base.Log = value; } [TrainLog(1, LogLevel.Information, \"{a}\")] public partial void M(int a); }")]
    public void A_property_may_hold_the_logger(string types) => CompiledLog.Of(string.Empty, "new A { Log = logger }.M(1);", types).Says("1", ("a", "1"));
}
