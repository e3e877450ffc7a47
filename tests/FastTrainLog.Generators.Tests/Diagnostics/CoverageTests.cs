using System.Reflection;
using FastTrainLog.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FastTrainLog.Generators.Tests.Diagnostics;

public sealed class CoverageTests
{
    private static readonly DiagnosticDescriptor[] All =
        [.. typeof(Descriptors).GetFields(BindingFlags.Static | BindingFlags.Public).Select(static f => f.GetValue(null)).OfType<DiagnosticDescriptor>()];

    [Fact]
    public void Every_diagnostic_has_a_test_that_bears_its_name()
    {
        string[] tests = [.. typeof(CoverageTests).Assembly.GetTypes().SelectMany(static t => t.GetMethods()).Select(static m => m.Name)];
        Assert.All(All, descriptor => Assert.Contains(tests, test => test.StartsWith(descriptor.Id + "_", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_diagnostic_has_an_id_of_its_own_and_an_analyzer_that_reports_it()
    {
        Assert.Distinct(All.Select(static d => d.Id));
        HashSet<string> reported = [.. typeof(TrainLogGenerator).Assembly.GetTypes()
            .Where(static t => !t.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(t))
            .SelectMany(static t => ((DiagnosticAnalyzer)Activator.CreateInstance(t)!).SupportedDiagnostics)
            .Select(static d => d.Id)];
        Assert.All(All, descriptor => Assert.Contains(descriptor.Id, reported));
    }
}
