using FastTrainLog.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FastTrainLog.Generators.Tests.Diagnostics;

/// <summary>One test a diagnostic, named for its identifier.</summary>
public sealed class MethodDiagnosticTests
{
    [Fact]
    public Task FTL0002_level_in_the_message() => Warning("FTL0002", "Remove {level} from the message: every record carries its level", """
        [TrainLog("{[|level|]} {a}")] static partial void M(ILogger logger, LogLevel level, int a);
        """);

    [Fact]
    public Task FTL0006_duplicate_event_identifier() => Single("FTL0006", DiagnosticSeverity.Info, "Method 'N' and method 'M' of 'Log' both log event 3; give each an identifier of its own", """
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger);
        [TrainLog(3, LogLevel.Error, "n")] static partial void [|N|](ILogger logger);
        """);

    [Fact]
    public Task FTL0007_not_void() => Error("FTL0007", "Method 'M' must return void", """
        [TrainLog(3, LogLevel.Error, "m")] static partial [|int|] M(ILogger logger);
        """);

    [Fact]
    public Task FTL0008_static_without_logger() => Error("FTL0008", "Static method 'M' needs a parameter of type TrainLogger or ILogger, or a static field of such a type in its class", """
        [TrainLog(3, LogLevel.Error, "m")] static partial void [|M|]();
        """);

    [Fact]
    public Task FTL0010_not_partial() => Error("FTL0010", "Method 'M' must be partial: its body is generated", """
        [TrainLog(3, LogLevel.Error, "m")] static extern void [|M|](ILogger logger);
        """);

    [Fact]
    public Task FTL0011_allows_ref_struct() => Error("FTL0011", "Type parameter 'T' of method 'M' allows ref structs, which a log call cannot store; remove 'allows ref struct'", """
        [TrainLog(3, LogLevel.Error, "m {t}")] static partial void M<[|T|]>(ILogger logger, T t) where T : allows ref struct;
        """);

    [Fact]
    public Task FTL0012_redundant_qualifier() => Warning("FTL0012", "Remove 'WARNING:' from the message: every record carries its level", """
        [TrainLog(3, LogLevel.Warning, [|"WARNING: m"|])] static partial void M(ILogger logger);
        """);

    [Fact]
    public Task FTL0013_exception_in_the_message() => Warning("FTL0013", "Remove {failure} from the message: the record carries the exception, with its stack", """
        [TrainLog(3, LogLevel.Warning, Message = "m {[|failure|]}")] static partial void M(ILogger logger, Exception failure);
        """.Replace("3, LogLevel.Warning, ", "Level = LogLevel.Warning, "));

    [Fact]
    public Task FTL0014_unknown_hole() => Error("FTL0014", "The message has a placeholder {lost}, but method 'M' has no parameter of that name", """
        [TrainLog(3, LogLevel.Error, "m {loss} {[|lost|]:F2}")] static partial void M(ILogger logger, double loss);
        """);

    [Fact]
    public Task FTL0015_not_in_the_message() => Warning("FTL0015", "Parameter 'loss' is not in the message; it is logged as a property only", """
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, double [|loss|]);
        """);

    [Fact]
    public Task FTL0016_has_a_body() => Error("FTL0016", "Method 'M' cannot have a body: it is generated", """
        [TrainLog(3, LogLevel.Error, "m")] static partial void [|M|](ILogger logger) { }
        static partial void M(ILogger logger);
        """);

    [Fact]
    public Task FTL0017_no_level() => Error("FTL0017", "Give [TrainLog] of method 'M' a level, or the method a parameter of type LogLevel", """
        [TrainLog("m")] static partial void [|M|](ILogger logger);
        """);

    [Fact]
    public Task FTL0018_logger_in_the_message() => Warning("FTL0018", "Remove {logger} from the message: every record carries its logger's category", """
        [TrainLog(3, LogLevel.Error, "m {[|logger|]}")] static partial void M(ILogger logger);
        """);

    [Fact]
    public Task FTL0019_instance_without_logger() => Error("FTL0019", "Method 'M' needs a logger: a parameter, a field of 'Log' or of a base class, or a primary-constructor parameter of type TrainLogger or ILogger", """
        [TrainLog(3, LogLevel.Error, "m")] partial void [|M|]();
        """);

    [Fact]
    public Task FTL0020_several_loggers() => Error("FTL0020", "'Log' has several loggers, '_first' and '_second'; give method 'M' a parameter that says which one it logs to", """
        private readonly ILogger _first = null!;
        private readonly TrainLogger _second = null!;
        [TrainLog(3, LogLevel.Error, "m")] partial void [|M|]();
        """);

    [Fact]
    public Task FTL0021_inconsistent_case() => Error("FTL0021", "The message spells 'Loss' and 'loss', which name the same parameter; use one spelling", """
        [TrainLog(3, LogLevel.Error, "m {Loss} {[|loss|]}")] static partial void M(ILogger logger, double loss);
        """);

    [Theory]
    [InlineData("m {loss", "the opening brace at position 3 has no closing one; double it for a literal brace")]
    [InlineData("m loss}", "the closing brace at position 7 has no opening one; double it for a literal brace")]
    [InlineData("m {} {loss}", "the placeholder at position 3 has no name")]
    [InlineData("m {loss,x}", "the alignment 'x' at position 3 is not an integer")]
    [InlineData("m {a {loss}", "the opening brace at position 3 has no closing one; double it for a literal brace")]
    [InlineData("m {loss:0.0{}|", "the opening brace at position 3 has no closing one; double it for a literal brace")]
    [InlineData("m {loss:{{X}}}", "the opening brace at position 3 has no closing one; double it for a literal brace")]
    public Task FTL0022_malformed_message(string message, string problem) => Error("FTL0022", $"The message of method 'M' is malformed: {problem}", $$"""
        [TrainLog(3, LogLevel.Error, [|"{{message}}"|])] static partial void M(ILogger logger, double loss);
        """);

    [Fact]
    public Task FTL0024_out_parameter() => Error("FTL0024", "Parameter 'loss' cannot be out: a log call only reads", """
        [TrainLog(3, LogLevel.Error, "m {loss}")] static partial void M(ILogger logger, out double [|loss|]);
        """);

    [Fact]
    public Task FTL0025_duplicate_event_name() => Warning("FTL0025", "Method 'N' and method 'M' of 'Log' both log event 'Step'; give each a name of its own", """
        [TrainLog(3, LogLevel.Error, "m", EventName = "Step")] static partial void M(ILogger logger);
        [TrainLog(4, LogLevel.Error, "n", EventName = "Step")] static partial void [|N|](ILogger logger);
        """);

    [Fact]
    public Task FTL0026_language_version() => Expected.Single(
        new TrainLogMethodAnalyzer(),
        "FTL0026",
        DiagnosticSeverity.Error,
        "The body of 'M' cannot be generated in C# 11.0; set LangVersion to 12 or higher",
        Source("""[TrainLog(3, LogLevel.Error, "m")] static partial void [|M|](ILogger logger);"""),
        LanguageVersion.CSharp11);

    [Fact]
    public Task FTL0027_hidden_logger() => Expected.Single(
        new TrainLogMethodAnalyzer(),
        "FTL0027",
        DiagnosticSeverity.Info,
        "The primary-constructor parameter 'logger' is hidden by 'Log.logger', so method 'M' cannot log to it",
        """
        using FastTrainLog;
        using Microsoft.Extensions.Logging;
        partial class Log(ILogger [|logger|])
        {
            private readonly object logger = logger;
            [TrainLog(3, LogLevel.Error, "m")] partial void M();
        }
        """,
        and: "FTL0019");

    [Fact]
    public Task FTL0029_unsupported_type() => Error("FTL0029", "Parameter 'loss' has type 'int*', which a log call cannot store; pass a value computed from it", """
        [TrainLog(3, LogLevel.Error, "m {loss}")] static unsafe partial void M(ILogger logger, int* [|loss|]);
        """);

    [Fact]
    public Task FTL0030_file_local_type() => Expected.Single(
        new TrainLogMethodAnalyzer(),
        "FTL0030",
        DiagnosticSeverity.Error,
        "'Log' is a file-local type: the body of 'M' cannot be generated in another file; remove the file modifier",
        Source("""[TrainLog(3, LogLevel.Error, "m")] static partial void [|M|](ILogger logger);""").Replace("partial class Log", "file partial class Log"));

    [Fact]
    public Task FTL0030_type_inside_of_a_file_local_type() => Expected.Single(
        new TrainLogMethodAnalyzer(),
        "FTL0030",
        DiagnosticSeverity.Error,
        "'Outer' is a file-local type: the body of 'M' cannot be generated in another file; remove the file modifier",
        Source("""[TrainLog(3, LogLevel.Error, "m")] static partial void [|M|](ILogger logger);""").Replace("partial class Log", "file partial class Outer { partial class Log") + "}");

    [Theory]
    [InlineData("SampleEvery")]
    [InlineData("FirstN")]
    [InlineData("MaxPerSecond")]
    public Task FTL0031_negative_limit(string limit) => Error("FTL0031", $"{limit} of method 'M' is -1, but must be 0, for no limit, or more", $$"""
        [TrainLog(3, LogLevel.Error, "m", {{limit}} = [|-1|])] static partial void M(ILogger logger);
        """);

    [Fact]
    public Task FTL0032_two_limits() => Error("FTL0032", "Method 'M' has MaxPerSecond and FirstN; remove one of them", """
        [TrainLog(3, LogLevel.Error, "m", MaxPerSecond = [|5|], FirstN = 2)] static partial void M(ILogger logger);
        """);

    [Fact]
    public Task FTL0033_same_name() => Error("FTL0033", "Method 'M' logs two fields as 'Suppressed'; give one of them another name", """
        [TrainLog(3, LogLevel.Error, "m {suppressed}", FirstN = 2)] static partial void [|M|](ILogger logger, int suppressed);
        """.Replace("{suppressed}", "{Suppressed}"));

    [Theory]
    [InlineData(0)]
    [InlineData(4097)]
    public Task FTL0034_limit_out_of_range(int limit) => Error("FTL0034", $"[LogValues] of 'loss' has the limit {limit}, but must have 1 to 4096: log a summary of more numbers", $$"""
        [TrainLog(3, LogLevel.Error, "m {loss}")] static partial void M(ILogger logger, [LogValues({{limit}})] float[] [|loss|]);
        """);

    [Theory]
    [InlineData("[LogSummary] string", "string")]
    [InlineData("[LogValues(4)] ReadOnlySpan<bool>", "System.ReadOnlySpan<bool>")]
    public Task FTL0035_no_numbers(string parameter, string type) => Error("FTL0035", $"'loss' has type '{type}', but [LogValues] and [LogSummary] are for arrays, spans and memory of numbers; remove the attribute", $$"""
        [TrainLog(3, LogLevel.Error, "m {loss}")] static partial void M(ILogger logger, {{parameter}} [|loss|]);
        """);

    [Fact]
    public Task FTL0036_no_properties() => Error("FTL0036", "'value' has type 'object', which has no public properties that can be read; remove [LogFields]", """
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, [LogFields] object [|value|]);
        """);

    [Fact]
    public Task FTL0037_property_cycle() => Error("FTL0037", "'node.Next' leads back to a 'Node'; mark that property with [LogIgnore], or lower MaxDepth", """
        public sealed class Node { public int Value { get; set; } public Node? Next { get; set; } }
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, [LogFields] Node [|node|]);
        """);

    [Fact]
    public Task FTL0038_depth_limit() => Single("FTL0038", DiagnosticSeverity.Info, "'node.Next' is an object below the depth limit, so it is logged as its text; raise MaxDepth or mark it with [LogIgnore]", """
        public sealed class Node { public int Value { get; set; } public Node? Next { get; set; } }
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, [LogFields(MaxDepth = 1)] Node [|node|]);
        """);

    [Fact]
    public Task FTL0039_taken_apart_in_the_message() => Error("FTL0039", "The message names 'point', which is logged property by property; name a property of it, such as {point.Y}", """
        public sealed record Point(int X, int Y);
        [TrainLog(3, LogLevel.Error, "m {point}")] static partial void M(ILogger logger, [LogFields] Point [|point|]);
        """);

    [Theory]
    [InlineData("Login")]
    [InlineData("Login[]")]
    [InlineData("System.Collections.Generic.Dictionary<string, Login>")]
    [InlineData("(int Number, Login Login)?")]
    [InlineData("Outer")]
    public Task FTL0040_classified_in_its_container(string type) => Warning("FTL0040", "'value' is erased as a whole, because 'Login.Password' in it is classified; mark it with [LogFields], or pass the parts that may be logged", $$"""
        public sealed record Login(string User, [SecretData] string Password);
        public sealed class Outer { public Login? Login { get; set; } }
        [TrainLog(3, LogLevel.Error, "m {value}")] static partial void M(ILogger logger, {{type}} [|value|]);
        """);

    [Theory]
    [InlineData("[SuppressMessage(\"Usage\", \"SYSLIB1015\")]", "", "")]
    [InlineData("[SuppressMessage(\"Usage\", \"SYSLIB1015:Argument is not referenced\", Justification = \"known\")]", "", "")]
    [InlineData("", "[SuppressMessage(\"Usage\", \"SYSLIB1015\")]", "")]
    [InlineData("", "", "[assembly: SuppressMessage(\"Usage\", \"SYSLIB1015\")]")]
    [InlineData("", "", "[module: SuppressMessage(\"Usage\", \"SYSLIB1015\", Scope = \"module\")]")]
    [InlineData("", "", "[assembly: SuppressMessage(\"Usage\", \"SYSLIB1015\", Scope = \"member\", Target = \"~M:Log.M(Microsoft.Extensions.Logging.ILogger,System.Int32)\")]")]
    [InlineData("", "", "[assembly: SuppressMessage(\"Usage\", \"SYSLIB1015\", Scope = \"type\", Target = \"~T:Log\")]")]
    public Task What_suppresses_theirs_suppresses_ours(string method, string type, string assembly) => Expected.None(new TrainLogMethodAnalyzer(), Suppressed(method, type, assembly));

    [Theory]
    [InlineData("[SuppressMessage(\"Usage\", \"SYSLIB1012\")]", "")]
    [InlineData("[SuppressMessage(\"Usage\", \"SYSLIB10150\")]", "")]
    [InlineData("", "[assembly: SuppressMessage(\"Usage\", \"SYSLIB1015\", Scope = \"member\", Target = \"~M:Log.N\")]")]
    public Task What_suppresses_another_suppresses_nothing(string method, string assembly) =>
        Expected.Single(new TrainLogMethodAnalyzer(), "FTL0015", DiagnosticSeverity.Warning, "Parameter 'a' is not in the message; it is logged as a property only", Suppressed(method, "", assembly).Replace("int a", "int [|a|]"));

    [Theory]
    [InlineData("", "", true)]
    [InlineData("SYSLIB1015", "", false)]
    [InlineData("SYSLIB1012", "", true)]
    [InlineData("SYSLIB1015", "FTL0015", true)]
    public async Task A_project_that_wants_no_word_of_theirs_gets_none_of_ours(string off, string asked, bool isReported)
    {
        CSharpCompilation compilation = Compiling.Compiled.WithTrainLog(Suppressed("", "", "")).Compilation;
        compilation = compilation.WithOptions(compilation.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default).WithSpecificDiagnosticOptions(
            new[] { (off, ReportDiagnostic.Suppress), (asked, ReportDiagnostic.Error) }.Where(static o => o.Item1.Length > 0).ToDictionary(static o => o.Item1, static o => o.Item2)));
        IEnumerable<string> found = (await compilation.WithAnalyzers([new TrainLogMethodAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken)).Select(static d => d.Id);
        Assert.Equal(isReported ? ["FTL0015"] : [], found);
    }

    private static string Suppressed(string method, string type, string assembly) => $$"""
        using FastTrainLog;
        using Microsoft.Extensions.Logging;
        using System.Diagnostics.CodeAnalysis;
        {{assembly}}
        {{type}}
        static partial class Log
        {
            {{method}}
            [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, int a);
        }
        """;

    [Fact]
    public Task FTL0041_classified_exception() => Error("FTL0041", "'failure' is the record's exception, which is logged with its message and stack; log a classified text instead", """
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, [SecretData] Exception [|failure|]);
        """);

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public Task FTL0042_depth_out_of_range(int depth) => Error("FTL0042", $"[LogFields] of 'node' has the MaxDepth {depth}, but must have 1 to 8", $$"""
        public sealed class Node<T> { public T? Value { get; set; } public Node<Node<T>>? Next { get; set; } }
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, [LogFields(MaxDepth = {{depth}})] Node<int> [|node|]);
        """);

    [Theory]
    [InlineData("double")]
    [InlineData("decimal?")]
    [InlineData("Int128")]
    [InlineData("string")]
    [InlineData("DayOfWeek")]
    [InlineData("TimeSpan")]
    [InlineData("int[]")]
    [InlineData("ReadOnlySpan<long>")]
    [InlineData("Metric[]")]
    public Task FTL0043_bytes_of_no_integer(string type) => Warning("FTL0043", "{Size:bytes} shows an integer of at most 64 bits as a number of bytes, but the value is not one; pass an integer, or give the placeholder another format", $$"""
        [TrainLog(3, LogLevel.Error, "m {[|Size|]:bytes}")] static partial void M(ILogger logger, {{type}} size);
        """);

    [Theory]
    [InlineData("[Microsoft.Extensions.Logging.TagProvider(typeof(Log), \"Tags\")] object [|loss|]", "loss")]
    [InlineData("[Microsoft.Extensions.Logging.TagProvider(typeof(Log), \"Tags\", OmitReferenceName = true)] double [|loss|]", "loss")]
    [InlineData("[LogFields] Point [|point|]", "point.Where")]
    public Task FTL0045_tag_provider(string parameter, string name) => Error("FTL0045", $"'{name}' has [TagProvider], whose tags are not known at compile time; mark it with [LogProperties] or [LogFields], or pass its parts", $$"""
        public sealed record Point(int X, [property: TagProvider(typeof(Log), "Tags")] object Where);
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, {{parameter}});
        """);

    [Theory]
    [InlineData("interface Log<in T>", "T a")]
    [InlineData("interface Log<T, out TOut>", "T a")]
    [InlineData("interface Log<in T> { partial class Inner", "int a")]
    public Task FTL0046_variant_interface(string type, string parameter) => Expected.Single(
        new TrainLogMethodAnalyzer(),
        "FTL0046",
        DiagnosticSeverity.Error,
        "Method 'M' logs through an ILogger from the variant interface 'Log', which can hold no type for the call's arguments; log to a TrainLogger, or put the method into a class",
        Source($"[TrainLog(3, LogLevel.Error, \"m {{a}}\")] static partial void [|M|](ILogger logger, {parameter});").Replace("class Log", type) + (type.Contains('{') ? "}" : string.Empty));

    [Fact]
    public Task A_variant_interface_may_log_to_the_librarys_logger() => Expected.None(new TrainLogMethodAnalyzer(), Source("""
        [TrainLog(3, LogLevel.Error, "m {a}")] static partial void M(TrainLogger logger, T a);
        """).Replace("class Log", "interface Log<in T>"));

    [Fact]
    public Task FTL0047_null_is_logged() => Single("FTL0047", DiagnosticSeverity.Info, "SkipNullProperties of 'point' has no effect: each record of a method has the same fields, and one without a value is null", """
        public sealed record Point(int X, int? Y);
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, [LogProperties(SkipNullProperties = true)] Point [|point|]);
        """);

    [Theory]
    [InlineData("[TrainLog(3, LogLevel.Error, \"m {lost}\")] static partial void M(ILogger);")]
    [InlineData("[TrainLog(3, LogLevel.Error, \"m {lost}\")] static partial void M(IUnknown logger);")]
    [InlineData("[TrainLog(3, LogLevel.Error, \"m\")] static partial void M(ILogger<Unknown> logger, out int a);")]
    [InlineData("private readonly IUnknown _logger; [TrainLog(3, LogLevel.Error, \"m\")] partial void M();")]
    [InlineData("private IUnknown Logger { get; } [TrainLog(3, LogLevel.Error, \"m\")] partial void M();")]
    public Task What_the_compiler_does_not_know_has_one_diagnostic_the_compilers(string members) => Expected.None(new TrainLogMethodAnalyzer(), Source(members));

    [Fact]
    public Task What_LoggerMessage_does_not_warn_of_has_no_warning() => Expected.None(new TrainLogMethodAnalyzer(), Source("""
        [TrainLog(1, LogLevel.Error, "TRACE: m")] static partial void M(ILogger logger);
        [TrainLog(2, LogLevel.Error, "DEBUG: m")] static partial void N(ILogger logger);
        [TrainLog(3, LogLevel.Error, "Critical: m")] static partial void O(ILogger logger);
        [TrainLog(4, LogLevel.Error, "m", EventName = "O")] static partial void P(ILogger logger);
        """));

    [Fact]
    public Task Integers_own_formats_and_classified_values_may_have_the_format_bytes() => Expected.None(new TrainLogMethodAnalyzer(), Source("""
        public readonly struct Size : IFormattable { public string ToString(string? format, IFormatProvider? provider) => format ?? ""; }
        public sealed record File(long Length, [LogName("left")] nuint? Rest);
        [TrainLog(3, LogLevel.Error, "m {A:bytes} {B:bytes} {c:bytes} {file.Length:bytes} {file.left:bytes} {d:bytes} {e:bytes} {t:bytes} {Suppressed:bytes} {f:bytes} {g:bytes} {h:bytes} {i:bytes}", FirstN = 1)]
        static partial void M<T>(ILogger logger, sbyte a, ulong? b, [LogName("size")] uint c, [LogFields] File file, Size d, [SecretData] double e, T t, byte f, short g, ushort h, int i);
        """));

    [Fact]
    public Task Limits_at_the_ends_of_their_ranges_have_no_diagnostic() => Expected.None(new TrainLogMethodAnalyzer(), Source("""
        public sealed record Point(int X, int Y);
        [TrainLog(1, LogLevel.Error, "{a}", SampleEvery = int.MaxValue, FirstN = int.MaxValue)] static partial void M(ILogger logger, [LogValues(1)] int[] a);
        [TrainLog(2, LogLevel.Error, "{a}", MaxPerSecond = int.MaxValue)] static partial void N(ILogger logger, [LogValues(4096)] int[] a);
        [TrainLog(3, LogLevel.Error, "{a.X} {b.X}", SampleEvery = 0, FirstN = 0, MaxPerSecond = 0)] static partial void O(ILogger logger, [LogFields(MaxDepth = 1)] Point a, [LogFields(MaxDepth = 8)] Point b);
        """));

    [Fact]
    public Task A_value_is_not_the_object_that_another_value_lies_in() => Error("FTL0033", "Method 'M' logs two fields as 'point'; give one of them another name", """
        public sealed record Point(int X, int Y);
        [TrainLog(3, LogLevel.Error, "m")] static partial void M(ILogger logger, [LogFields] Point point, [LogName("point")] int [|other|]);
        """);

    [Fact]
    public Task Classified_and_marked_parts_of_a_sound_method_have_no_diagnostic() => Expected.None(new TrainLogMethodAnalyzer(), Source("""
        public sealed record Login(string User, [SecretData] string Password, [property: LogName("n")] int Number);
        [TrainLog(3, LogLevel.Error, "m {login.User} {login.n} {rate} {b}")] static partial void M(ILogger logger, [LogFields] Login login, [LogName("lr")] double rate, [PersonalData] Login b);
        """));

    [Fact]
    public Task A_sound_method_has_no_diagnostic() => Expected.None(new TrainLogMethodAnalyzer(), Source("""
        [TrainLog(3, LogLevel.Error, "m {loss:F2} {step,5}")] static partial void M(ILogger logger, int step, double loss, Exception failure);
        [TrainLog("n {a}")] static partial void N(ILogger logger, LogLevel level, int a);
        [TrainLog("n {a}")] static partial void N(ILogger logger, LogLevel level, string a);
        """));

    [Fact]
    public Task A_pragma_suppresses_a_diagnostic() => Expected.None(new TrainLogMethodAnalyzer(), Source("""
        #pragma warning disable FTL0012
        [TrainLog(3, LogLevel.Error, "Error: m")] static partial void M(ILogger logger);
        """));

    private static Task Error(string id, string message, string members) => Single(id, DiagnosticSeverity.Error, message, members);

    private static Task Warning(string id, string message, string members) => Single(id, DiagnosticSeverity.Warning, message, members);

    private static Task Single(string id, DiagnosticSeverity severity, string message, string members) =>
        Expected.Single(new TrainLogMethodAnalyzer(), id, severity, message, Source(members));

    private static string Source(string members) => $$"""
        using System;
        using FastTrainLog;
        using Microsoft.Extensions.Logging;
        namespace Some;
        partial class Log
        {
        {{members}}
        }
        """;
}
