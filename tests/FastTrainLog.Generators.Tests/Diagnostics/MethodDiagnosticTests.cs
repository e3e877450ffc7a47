using FastTrainLog.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

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
    public Task FTL0011_allows_ref_struct() => Error("FTL0011", "Type parameter 'T' of method 'M' allows ref structs, which a log call cannot keep; remove 'allows ref struct'", """
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
    public Task FTL0014_unknown_hole() => Error("FTL0014", "The message has a hole {lost}, but method 'M' has no parameter of that name", """
        [TrainLog(3, LogLevel.Error, "m {loss} {[|lost|]:F2}")] static partial void M(ILogger logger, double loss);
        """);

    [Fact]
    public Task FTL0015_not_in_the_message() => Single("FTL0015", DiagnosticSeverity.Info, "Parameter 'loss' is not in the message; it is logged as a property only", """
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
    public Task FTL0021_inconsistent_case() => Warning("FTL0021", "The message spells 'Loss' and 'loss', which name the same parameter; use one spelling", """
        [TrainLog(3, LogLevel.Error, "m {Loss} {[|loss|]}")] static partial void M(ILogger logger, double loss);
        """);

    [Theory]
    [InlineData("m {loss", "the opening brace at position 3 has no closing one; write two to mean the character")]
    [InlineData("m loss}", "the closing brace at position 7 has no opening one; write two to mean the character")]
    [InlineData("m {} {loss}", "the hole at position 3 has no name")]
    [InlineData("m {loss,x}", "the alignment 'x' at position 3 is no whole number")]
    [InlineData("m {a {loss}", "the opening brace at position 3 has no closing one; write two to mean the character")]
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
    public Task FTL0029_unsupported_type() => Error("FTL0029", "Parameter 'loss' has type 'int*', which a log call cannot keep; pass a value made of it", """
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
