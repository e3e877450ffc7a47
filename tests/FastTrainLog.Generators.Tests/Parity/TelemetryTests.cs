using System.Text.Json;
using FastTrainLog.Generators.Tests.Behaviour;
using FastTrainLog.Generators.Tests.Compiling;

namespace FastTrainLog.Generators.Tests.Parity;

/// <summary>The table of docs/generator.md that says what differs from Microsoft's generators: a case for each row.</summary>
public sealed class TelemetryTests
{
    private const string Types = """
        public sealed class Inner { public int Deep => 1; public override string ToString() => "inner"; }
        public sealed class Outer { public Inner Plain => new(); [LogProperties] public Inner Marked => new(); public string? Nothing => null; }
        """;

    private static readonly Dictionary<string, Action> Rows = new()
    {
        ["`[LogProperties]` takes apart what is marked itself"] = static () => Fields(
            "[LogProperties] Outer o", "new Outer()", ("o.Plain", "inner"), ("o.Marked.Deep", "1"), ("o.Nothing", string.Empty)),
        ["`Transitive = true` takes apart all that is below"] = static () => Fields(
            "[LogProperties(Transitive = true)] Outer o", "new Outer()", ("o.Plain.Deep", "1"), ("o.Marked.Deep", "1"), ("o.Nothing", string.Empty)),
        ["`SkipNullProperties = true` leaves out what is null"] = static () => Fields(
            "[LogProperties(SkipNullProperties = true)] Outer o", "new Outer()", ("o.Plain", "inner"), ("o.Marked.Deep", "1"), ("o.Nothing", string.Empty)),
        ["the message names an object beside its properties"] = static () => Refused("FTL0039", "{o}", "[LogProperties] Outer o"),
        ["`[TagProvider]` calls a method for the tags"] = static () => Refused("FTL0045", "m", "[TagProvider(typeof(Program), \"Tags\")] Outer o"),
        ["a redactor of the container's `IRedactorProvider`"] = static () => Fields("[UnknownDataClassification] string o", "\"secret\"", ("o", "[erased]")),
        ["a property may hold the logger"] = static () => CompiledLog.Of(
            string.Empty, "new A { Log = logger }.M(1);", "public sealed partial class A { public required ILogger Log { get; init; } [TrainLog(1, LogLevel.Information, \"m\")] public partial void M([TagName(\"o\")] int o); }")
            .Says("m", ("o", "1")),
        ["`LogLevel.None` as the level of a call is logged"] = static () => Counts(1, 0, "[TrainLog(\"m\")] static partial void M(ILogger logger, LogLevel level);", "M(logger, LogLevel.None);"),
        ["`SkipEnabledCheck = true` asks nobody"] = static () => Counts(
            1, 0, "[TrainLog(1, LogLevel.Trace, \"m\", SkipEnabledCheck = true)] static partial void M(ILogger logger);", "M(logger);"),
    };

    public static TheoryData<string> Documented =>
    [
        .. File.ReadAllText(Path.Combine(TestPaths.ProjectDirectory, "..", "..", "docs", "generator.md"))
            .Split("| Microsoft's | here | why |")[1]
            .Split("\n\n")[0]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(static line => line.Split('|')[1].Trim()),
    ];

    [Theory]
    [MemberData(nameof(Documented))]
    public void What_differs_from_Microsofts_generators_is_as_documented(string row) => Rows[row]();

    [Fact]
    public void Every_case_is_documented() => Assert.Equal(Rows.Keys.Order(), Documented.Select(static row => row.Data).Order());

    private static void Fields(string parameter, string value, params (string Name, string Value)[] fields) => CompiledLog.Of(
        $"""
        #pragma warning disable EXTEXP0003
        [TrainLog(1, LogLevel.Information, "m")] static partial void M(ILogger logger, {parameter});
        """.Replace("\"m\"", parameter.StartsWith("[LogProperties", StringComparison.Ordinal) ? "\"m\"" : "\"m [?{o}]\""),
        $"M(logger, {value});",
        Types).Says(parameter.StartsWith("[LogProperties", StringComparison.Ordinal) ? "m" : "m [erased]", fields);

    private static void Refused(string id, string message, string parameter) => Assert.Contains(
        CompiledLog.Build($"[TrainLog(1, LogLevel.Information, \"{message}\")] static partial void M(ILogger logger, {parameter});", string.Empty, Types).Run.Diagnostics, d => d.Id == id);

    private static void Counts(int foreign, int own, string method, string call)
    {
        CompiledLog log = CompiledLog.Of(method, call);
        Assert.Equal((foreign, own), (log.Foreign.Count, log.Own.Count));
    }
}
