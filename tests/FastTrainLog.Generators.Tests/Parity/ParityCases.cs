namespace FastTrainLog.Generators.Tests.Parity;

/// <summary>The table over which the two generators are compared.</summary>
internal static class ParityCases
{
    public static readonly ParityCase[] All =
    [
        new("Fixed level", """[Log(1, LogLevel.Information, "loss {Loss}")] static partial void M(ILogger logger, double loss);""", "M(logger, 0.25);"),
        new("No argument", """[Log(1, LogLevel.Information, "started")] static partial void M(ILogger logger);""", "M(logger);"),
        new("Message omitted", """[Log(Level = LogLevel.Information)] static partial void M(ILogger logger, int a, string? b);""", "M(logger, 1, null);"),
        new("Level constructor", """[Log(LogLevel.Critical)] static partial void M(ILogger logger, int a);""", "M(logger, 1);"),
        new("Level and message constructor", """[Log(LogLevel.Debug, "a {a}")] static partial void M(ILogger logger, int a);""", "M(logger, 1);"),
        new("Message constructor and level parameter", """[Log("a {a}")] static partial void M(ILogger logger, LogLevel level, int a);""", "M(logger, LogLevel.Warning, 1);"),
        new("Named properties alone", """[Log(EventId = 9, Level = LogLevel.Trace, Message = "a {a}", EventName = "Named")] static partial void M(ILogger logger, int a);""", "M(logger, 1);"),
        new("Event name without identifier", """[Log(Level = LogLevel.Error, Message = "x", EventName = "Some.Name")] static partial void M(ILogger logger);""", "M(logger);"),
        new("Event identifier 0 and below", """
            [Log(0, LogLevel.Error, "x")] static partial void M(ILogger logger);
            [Log(-7, LogLevel.Error, "x")] static partial void N(ILogger logger);
            """, "M(logger); N(logger);"),
        new("Level parameter in every place", """
            [Log(2, LogLevel.Information, "a {a}")] static partial void Fixed(ILogger logger, LogLevel other, int a);
            [Log(EventId = 3, Message = "a {a}")] static partial void Behind(ILogger logger, int a, LogLevel level);
            [Log(EventId = 4, Message = "a {a}")] static partial void Before(LogLevel level, ILogger logger, int a);
            """, "Fixed(logger, LogLevel.Error, 1); Behind(logger, 1, LogLevel.Debug); Before(LogLevel.None, logger, 2); Behind(logger, 3, (LogLevel)42);", Own: ["a 1", "a 1", "a 3"]),
        new("Level out of range", """[Log(Level = (LogLevel)42, Message = "a")] static partial void M(ILogger logger);""", "M(logger);"),
        new("Exception first, last and null", """
            [Log(1, LogLevel.Error, "a {a}")] static partial void First(ILogger logger, Exception e, int a);
            [Log(2, LogLevel.Error, "a {a}")] static partial void Last(ILogger logger, int a, Exception? e);
            [Log(3, LogLevel.Error, "a {a}")] static partial void Derived(ILogger logger, int a, System.IO.IOException? e);
            """, """First(logger, Failures.One, 1); Last(logger, 1, null); Last(logger, 2, Failures.Two); Derived(logger, 3, null);"""),
        new("Two exceptions", """[Log(1, LogLevel.Error, "a {other}")] static partial void M(ILogger logger, Exception first, Exception other);""", """M(logger, Failures.One, Failures.Two);"""),
        new("Exception before the logger", """[Log(1, LogLevel.Error, "a")] static partial void M(Exception first, ILogger logger);""", """M(Failures.One, logger);"""),
        new("Null in the message", """
            [Log(1, LogLevel.Information, "{a} {b} {c}")] static partial void Defined(ILogger logger, string? a, int? b, object? c);
            [Log(2, LogLevel.Information, "{c} {b} {a}")] static partial void Struct(ILogger logger, string? a, int? b, object? c);
            """, "Defined(logger, null, null, null); Struct(logger, null, null, null); Defined(logger, \"x\", 1, 2.5); Struct(logger, \"x\", 1, 2.5);",
            Own: ["(null) (null) (null)", "(null) (null) (null)", "x 1 2.5", "2.5 1 x"]),
        new("Sequences", """
            [Log(1, LogLevel.Information, "{a} {b} {c}")] static partial void Defined(ILogger logger, int[]? a, List<string?> b, IEnumerable<double>? c);
            [Log(2, LogLevel.Information, "{c} {b} {a}")] static partial void Struct(ILogger logger, int[]? a, List<string?> b, IEnumerable<double>? c);
            [Log(3, LogLevel.Information, "{a} {b}")] static partial void Objects(ILogger logger, object a, object? b);
            [Log(4, LogLevel.Information, "{b} {a}")] static partial void ObjectsStruct(ILogger logger, object a, object? b);
            """, """
            Defined(logger, [1, 2], ["x", null], null); Struct(logger, [1, 2], ["x", null], null);
            Defined(logger, null, [], [0.5, double.NaN]); Struct(logger, null, [], [0.5, double.NaN]);
            Objects(logger, new[] { 1, 2 }, null); ObjectsStruct(logger, "text", null);
            """,
            Own: ["1, 2 x, (null) (null)", "(null) [x, (null)] [1, 2]", "(null)  0.5, NaN", "[0.5, NaN] [] (null)", "1, 2 (null)", "(null) text"]),
        new("Dictionaries and nested sequences", """
            [Log(1, LogLevel.Information, "{a} {b}")] static partial void Defined(ILogger logger, Dictionary<string, int> a, List<int[]> b);
            [Log(2, LogLevel.Information, "{b} {a}")] static partial void Struct(ILogger logger, Dictionary<string, int> a, List<int[]> b);
            """, "Defined(logger, new() { [\"k\"] = 1 }, [[1], [2]]); Struct(logger, new() { [\"k\"] = 1 }, [[1], [2]]);"),
        new("Six and seven arguments", """
            [Log(1, LogLevel.Information, "{a} {b} {c} {d} {e} {f}")] static partial void Six(ILogger logger, int a, int? b, string c, double d, bool e, string? f);
            [Log(2, LogLevel.Information, "{a} {b} {c} {d} {e} {f} {g}")] static partial void Seven(ILogger logger, int a, int? b, string c, double d, bool e, string? f, decimal g);
            """, "Six(logger, 1, null, \"c\", 0.1, true, null); Seven(logger, 1, 2, \"c\", 0.1, true, \"f\", 1.50m);"),
        new("Twelve arguments", """[Log(1, LogLevel.Information, "{a} {l}")] static partial void M(ILogger logger, int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l);""", "M(logger, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);"),
        new("Names in another case and another order", """
            [Log(1, LogLevel.Information, "{LOSS} {Step}")] static partial void M(ILogger logger, double loss, long step);
            [Log(2, LogLevel.Information, "{STEP} at {loss}")] static partial void N(ILogger logger, double Loss, long step);
            """, "M(logger, 0.5, 3); N(logger, 0.5, 3);"),
        new("A hole twice", """
            [Log(1, LogLevel.Information, "{a} {a:F3} {b}")] static partial void M(ILogger logger, double a, string b);
            [Log(2, LogLevel.Information, "{a} {a}")] static partial void N(ILogger logger, double a, string? b);
            """, "M(logger, 0.5, \"b\"); N(logger, 0.25, null);"),
        new("Arguments that the message lacks", """[Log(1, LogLevel.Information, "{b}")] static partial void M(ILogger logger, double a, string b, int c);""", "M(logger, 0.5, \"b\", 1);"),
        new("Escaped braces", """
            [Log(1, LogLevel.Information, "{{literal}} {a} {{{a}}} }}{{")] static partial void M(ILogger logger, int a);
            [Log(2, LogLevel.Information, "only {{braces}}")] static partial void N(ILogger logger);
            [Log(3, LogLevel.Information, "{{literal}} {b} {a} }}")] static partial void S(ILogger logger, int a, int b);
            """, "M(logger, 1); N(logger); S(logger, 1, 2);", Own: ["{literal} 1 {1} }{", "only {braces}", "{literal} 2 1 }"]),
        new("Alignment and format", """
            [Log(1, LogLevel.Information, "[{a,10:F4}] [{b,-6}] [{c:yyyy-MM-dd HH:mm:ss}] [{d:X4}]")] static partial void Defined(ILogger logger, double a, string? b, DateTime c, int d);
            [Log(2, LogLevel.Information, "[{d:X4}] [{c:yyyy-MM-dd HH:mm:ss}] [{b,-6}] [{a,10:F4}]")] static partial void Struct(ILogger logger, double a, string? b, DateTime c, int d);
            [Log(3, LogLevel.Information, "{a:0.00e+00} {b:P1} {c:N0}")] static partial void Custom(ILogger logger, double a, float b, long c);
            """, "Defined(logger, 1.5, null, new DateTime(2026, 1, 2, 3, 4, 5), 255); Struct(logger, 1.5, \"b\", new DateTime(2026, 1, 2, 3, 4, 5), 255); Custom(logger, 1e-3, 0.5f, 1234567);"),
        new("At sign in a hole", """
            [Log(1, LogLevel.Information, "{@a}")] static partial void Defined(ILogger logger, int a);
            [Log(2, LogLevel.Information, "{@b} {@a}")] static partial void Struct(ILogger logger, int a, string b);
            """, "Defined(logger, 1); Struct(logger, 1, \"b\");"),
        new("Level, exception and logger named in the message", """
            [Log("{level} {a}")] static partial void Level(ILogger logger, LogLevel level, int a);
            [Log(2, LogLevel.Error, "{a} {e}")] static partial void Failure(ILogger logger, int a, Exception? e);
            [Log(3, LogLevel.Error, "{e} {a}")] static partial void FailureFirst(ILogger logger, int a, Exception e);
            [Log(4, LogLevel.Error, "{level}")] static partial void Fixed(ILogger logger, LogLevel level);
            """, "Level(logger, LogLevel.Warning, 1); Failure(logger, 1, null); FailureFirst(logger, 1, Failures.One); Fixed(logger, LogLevel.Debug);"),
        new("A logger as an argument", """[Log(1, LogLevel.Information, "{a}")] static partial void M(ILogger logger, int a, ILogger? other);""", "M(logger, 1, null);"),
        new("Ref parameters", """[Log(1, LogLevel.Information, "{a} {b}")] static partial void M(ILogger logger, ref int a, ref readonly string b);""".Replace("ref readonly", "in"), "int a = 2; string b = \"b\"; M(logger, ref a, in b);"),
        new("Keywords as names", """
            [Log(1, LogLevel.Information, "{class}")] static partial void Defined(ILogger logger, int @class);
            [Log(2, LogLevel.Information, "{b}")] static partial void Struct(ILogger logger, int @class, string b, bool @if);
            """, "Defined(logger, 1); Struct(logger, 1, \"e\", true);"),
        new("In parameters", """[Log(1, LogLevel.Information, "{a} {b}")] static partial void M(ILogger logger, in int a, in DateTime b);""", "M(logger, 1, new DateTime(2026, 1, 2)); int a = 2; M(logger, in a, new DateTime(2026, 1, 2));"),
        new("Default values", """[Log(1, LogLevel.Information, "{a} {b} {c}")] static partial void M(ILogger logger, int a = 7, string? b = null, LogLevel? c = LogLevel.Debug);""", "M(logger); M(logger, 1, \"b\");"),
        new("Enabled check", """
            [Log(1, LogLevel.Debug, "{a}")] static partial void Checked(ILogger logger, int a);
            [Log(2, LogLevel.Debug, "{a}", SkipEnabledCheck = true)] static partial void Unchecked(ILogger logger, int a);
            [Log(EventId = 3, Message = "{a}", SkipEnabledCheck = true)] static partial void UncheckedLevel(ILogger logger, LogLevel level, int a);
            """, "ILogger quiet = Quiet(logger); Checked(quiet, 1); Unchecked(quiet, 2); UncheckedLevel(quiet, LogLevel.Trace, 3);", Own: []),
        new("Text that needs escapes", """[Log(1, LogLevel.Information, "say \"{a}\" \t tab {b} ü 日本 😀")] static partial void M(ILogger logger, string b, string a);""", "M(logger, \"b\", \"a\\n\");"),
        new("Enums", """
            [Log(1, LogLevel.Information, "{a} {b} {c:D} {a:X}")] static partial void M(ILogger logger, DayOfWeek a, AttributeTargets b, DayOfWeek? c);
            [Log(2, LogLevel.Information, "{a} {b}")] static partial void N(ILogger logger, DayOfWeek a, AttributeTargets b);
            """, "M(logger, DayOfWeek.Friday, AttributeTargets.Class | AttributeTargets.Field, DayOfWeek.Monday); N(logger, (DayOfWeek)99, 0); M(logger, 0, 0, DayOfWeek.Sunday);"),
        new("Numbers of every size", """
            [Log(1, LogLevel.Information, "{a} {b} {c} {d} {e} {f}")] static partial void M(ILogger logger, sbyte a, byte b, short c, ushort d, uint e, ulong f);
            [Log(2, LogLevel.Information, "{a} {b} {c} {d} {e} {f}")] static partial void N(ILogger logger, float a, double b, decimal c, Half d, nint e, char f);
            [Log(3, LogLevel.Information, "{a} {b} {c} {d}")] static partial void O(ILogger logger, Int128 a, UInt128 b, System.Numerics.BigInteger c, nuint d);
            """, "M(logger, -1, 255, -2, 65535, uint.MaxValue, ulong.MaxValue); N(logger, float.NaN, double.NegativeInfinity, 1.10m, (Half)1.5, -3, 'c'); O(logger, Int128.MinValue, 1, -5, 7);"),
        new("Times and identifiers", """
            [Log(1, LogLevel.Information, "{a} {b} {c} {d} {e} {f}")] static partial void M(ILogger logger, DateTime a, DateTimeOffset b, TimeSpan c, Guid d, DateOnly e, TimeOnly f);
            """, "M(logger, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), TimeSpan.FromSeconds(1.5), Guid.Empty, new DateOnly(2026, 1, 2), new TimeOnly(3, 4));"),
        new("Types of the user's", """
            [Log(1, LogLevel.Information, "{a} {b} {c:N} {d}")] static partial void Defined(ILogger logger, Plain a, Record b, Shape c, (int X, string Y) d);
            [Log(2, LogLevel.Information, "{d} {c:N} {b} {a}")] static partial void Struct(ILogger logger, Plain a, Record b, Shape c, (int X, string Y) d);
            """, "Defined(logger, new Plain(), new Record(1), new Shape(), (1, \"y\")); Struct(logger, new Plain(), new Record(1), new Shape(), (1, \"y\"));"),
        new("Instance methods with a field", "", """
            new WithField(logger).M(1); new WithInherited(logger).M(2); new WithStaticField().M(3, logger); new WithPrimary(logger).M(4);
            new WithGenericLogger(new Typed<int>(logger)).M(6); new Outer<string>.Inner(logger).M("x", 7);
            """),
        new("Methods of every accessibility", "", "new WithEveryAccessibility(logger).All(1); WithOverride own = new(logger); own.All(2); own.Internal(3);"),
        new("Records, structs and interfaces", """
            partial record RecordLog(ILogger Logger)
            {
                [Log(1, LogLevel.Information, "{a}")] public partial void M(int a);
            }
            readonly partial struct StructLog(ILogger logger)
            {
                private readonly ILogger _logger = logger;
                [Log(2, LogLevel.Information, "{a}")] public partial void M(int a);
            }
            partial record struct RecordStructLog
            {
                [Log(3, LogLevel.Information, "{a}")] public static partial void M(ILogger logger, int a);
            }
            partial interface IInterfaceLog
            {
                [Log(4, LogLevel.Information, "{a}")] internal static partial void M(ILogger logger, int a);
            }
            """, "new RecordLog(logger).M(1); new StructLog(logger).M(2); RecordStructLog.M(logger, 3); IInterfaceLog.M(logger, 4);", Platform: """
            partial class RecordLog(ILogger logger)
            {
                [Log(1, LogLevel.Information, "{a}")] public partial void M(int a);
            }
            partial class StructLog(ILogger logger)
            {
                [Log(2, LogLevel.Information, "{a}")] public partial void M(int a);
            }
            static partial class RecordStructLog
            {
                [Log(3, LogLevel.Information, "{a}")] public static partial void M(ILogger logger, int a);
            }
            static partial class IInterfaceLog
            {
                [Log(4, LogLevel.Information, "{a}")] internal static partial void M(ILogger logger, int a);
            }
            """),
        new("Generic methods", """
            [Log(1, LogLevel.Information, "{a} {b}")] static partial void M<T, U>(ILogger logger, T a, U? b) where T : struct, IComparable<T> where U : class, IEnumerable<char>;
            [Log(2, LogLevel.Information, "{b} {a}")] static partial void N<T>(ILogger logger, T a, List<T> b) where T : notnull;
            [Log(3, LogLevel.Information, "{a}")] static partial void O<T>(ILogger<T> logger, T a) where T : unmanaged, Enum;
            """, "M(logger, 1, \"x\"); M(logger, 0.5, (string?)null); N(logger, \"a\", [\"b\"]); N(logger, 1, [2, 3]); O(new Typed<DayOfWeek>(logger), DayOfWeek.Monday);", Platform: """
            [Log(1, LogLevel.Information, "{a} {b}")] static partial void M(ILogger logger, int a, string? b);
            [Log(1, LogLevel.Information, "{a} {b}")] static partial void M(ILogger logger, double a, string? b);
            [Log(2, LogLevel.Information, "{b} {a}")] static partial void N(ILogger logger, string a, List<string> b);
            [Log(2, LogLevel.Information, "{b} {a}")] static partial void N(ILogger logger, int a, List<int> b);
            [Log(3, LogLevel.Information, "{a}")] static partial void O(ILogger<DayOfWeek> logger, DayOfWeek a);
            """),
        new("Scoped and read-only references", """
            [Log(1, LogLevel.Information, "{a} {b}")] static partial void M(ILogger logger, scoped in int a, scoped ref readonly DateTime b);
            [Log(2, LogLevel.Information, "{b} {a}")] static partial void N(ILogger logger, scoped ref long a, ref readonly string? b);
            """, "int a = 1; long c = 2; string? d = null; DateTime b = new(2026, 1, 2); M(logger, in a, in b); N(logger, ref c, in d);", Own: ["1 01/02/2026 00:00:00", "(null) 2"], Platform: """
            [Log(1, LogLevel.Information, "{a} {b}")] static partial void M(ILogger logger, in int a, in DateTime b);
            [Log(2, LogLevel.Information, "{b} {a}")] static partial void N(ILogger logger, ref long a, in string? b);
            """),
        new("Scoped spans", """
            [Log(1, LogLevel.Information, "{a} of {b}")] static partial void M(ILogger logger, scoped ReadOnlySpan<char> a, int b);
            """, "M(logger, \"abc\".AsSpan(1), 1); M(logger, default, 2);", Platform: """
            [Log(1, LogLevel.Information, "{a} of {b}", EventName = "M")] static partial void OfText(ILogger logger, string a, int b);
            static void M(ILogger logger, ReadOnlySpan<char> a, int b) => OfText(logger, a.ToString(), b);
            """),
        new("Params", """
            [Log(1, LogLevel.Information, "{a} {b}")] static partial void M(ILogger logger, int a, params int[] b);
            [Log(2, LogLevel.Information, "{b} {a}")] static partial void N(ILogger logger, int a, params string?[] b);
            """, "M(logger, 1); M(logger, 1, 2, 3); N(logger, 1, \"x\", null);", Platform: """
            [Log(1, LogLevel.Information, "{a} {b}", EventName = "M")] static partial void First(ILogger logger, int a, int[] b);
            [Log(2, LogLevel.Information, "{b} {a}", EventName = "N")] static partial void Second(ILogger logger, int a, string?[] b);
            static void M(ILogger logger, int a, params int[] b) => First(logger, a, b);
            static void N(ILogger logger, int a, params string?[] b) => Second(logger, a, b);
            """),
        new("Extension methods and overloads", """
            [Log(1, LogLevel.Information, "{a}")] static partial void M(this ILogger logger, int a);
            [Log(2, LogLevel.Information, "{a}")] static partial void M(this ILogger logger, string a);
            [Log(3, LogLevel.Information, "{b} {a}")] internal static partial void M(this ILogger logger, string a, int b);
            [Log(4, LogLevel.Information, "{a}")] private static partial void M(ILogger<Plain> logger, double a);
            """, "logger.M(1); logger.M(\"a\"); logger.M(\"a\", 2); M(new Typed<Plain>(logger), 0.5);"),
    ];
}
