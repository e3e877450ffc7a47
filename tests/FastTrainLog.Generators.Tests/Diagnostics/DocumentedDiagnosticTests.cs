using System.Reflection;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Tests.Diagnostics;

/// <summary>The table of docs/generator.md against the descriptors of both generators.</summary>
public sealed class DocumentedDiagnosticTests
{
    private static readonly (string Own, string Theirs, string Severity, string What, string Fix)[] Table =
    [
        .. File.ReadLines(Path.Combine(TestPaths.ProjectDirectory, "..", "..", "docs", "generator.md"))
            .Select(static line => line.Trim('|').Split('|'))
            .Where(static cells => cells.Length == 5 && (cells[0].Contains("FTL", StringComparison.Ordinal) || cells[1].Contains("SYSLIB", StringComparison.Ordinal)))
            .Select(static cells => (Id(cells[0]), cells[1].Trim(), cells[2].Trim(), cells[3].Trim(), cells[4].Trim())),
    ];

    [Fact]
    public void Every_diagnostic_of_LoggerMessage_has_a_counterpart_or_a_reason_and_has_its_severity()
    {
        DiagnosticDescriptor[] theirs = [.. Of(Assembly.LoadFrom(TestPaths.LoggerMessageGenerator).GetTypes().Single(static t => t.Name == "DiagnosticDescriptors"))];
        Assert.True(theirs.Length > 20, $"{theirs.Length} descriptors of [LoggerMessage] were found");
        Assert.Equal(theirs.Select(static d => d.Id).Order(), Table.Select(static row => row.Theirs).Where(static id => id.Length > 0).Order());
        foreach (DiagnosticDescriptor descriptor in theirs)
        {
            (string Own, string Theirs, string Severity, string What, string Fix) row = Table.Single(r => r.Theirs == descriptor.Id);
            if (row.Own.Length == 0)
            {
                Assert.StartsWith("nothing: ", row.Fix, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(descriptor.Id.Replace("SYSLIB1", "FTL0"), row.Own);
                Assert.Equal($"{descriptor.Id} {descriptor.DefaultSeverity}", $"{descriptor.Id} {row.Severity}");
            }
        }
    }

    [Fact]
    public void Every_diagnostic_leads_to_its_row()
    {
        string docs = File.ReadAllText(Path.Combine(TestPaths.ProjectDirectory, "..", "..", "docs", "generator.md"));
        Assert.All(Of(typeof(Descriptors)), descriptor =>
        {
            var link = new Uri(descriptor.HelpLinkUri);
            Assert.EndsWith("/docs/generator.md", link.AbsolutePath, StringComparison.Ordinal);
            Assert.Contains($"\n| <a id=\"{link.Fragment[1..]}\"></a>{descriptor.Id} |", docs);
        });
    }

    [Fact]
    public void Every_diagnostic_stands_in_the_table_with_its_severity()
    {
        Assert.Equal(
            Of(typeof(Descriptors)).Select(static d => $"{d.Id} {d.DefaultSeverity}").Order(),
            Table.Where(static row => row.Own.Length > 0).Select(static row => $"{row.Own} {row.Severity}").Order());
    }

    [Fact]
    public void Every_diagnostic_stands_in_the_list_of_releases_with_its_severity_and_title()
    {
        string folder = Path.Combine(TestPaths.ProjectDirectory, "..", "..", "src", "FastTrainLog.Generators");
        Assert.Equal(
            Of(typeof(Descriptors)).Select(static d => $"{d.Id} | {d.Category} | {d.DefaultSeverity} | {d.Title}").Order(),
            Directory.GetFiles(folder, "AnalyzerReleases.*.md").SelectMany(File.ReadLines).Where(static line => line.StartsWith("FTL", StringComparison.Ordinal)).Order());
    }

    // An anchor stands before it.
    private static string Id(string cell) => cell[(cell.IndexOf("</a>", StringComparison.Ordinal) is var end and >= 0 ? end + 4 : 0)..].Trim();

    private static IEnumerable<DiagnosticDescriptor> Of(Type holder) =>
        holder.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(static f => f.GetValue(null)).OfType<DiagnosticDescriptor>();
}
