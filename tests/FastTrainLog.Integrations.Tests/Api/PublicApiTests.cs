using System.Reflection;
using FastTrainLog.Analysis;
using FastTrainLog.Gradients;
using FastTrainLog.Shipping;
using FastTrainLog.Testing;
using FastTrainLog.Tests.Shared;
using FastTrainLog.ZLogger;
using PublicApiGenerator;
using Xunit;

namespace FastTrainLog.Integrations.Tests.Api;

/// <summary>What an assembly offers its users changes only where somebody means it to.</summary>
public sealed class PublicApiTests
{
    private const string Update = "UPDATE_SNAPSHOTS";

    public static TheoryData<string> Assemblies => [.. new[] { typeof(TrainLogging), typeof(LogAnalysis), typeof(LogShipper), typeof(InMemoryLog), typeof(TorchGradientClipping), typeof(ZLoggerSink) }.Select(static type => type.Assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_interface_is_that_of_the_snapshot(string assembly)
    {
        string path = Path.Combine(Repository.Root, "tests", "FastTrainLog.Integrations.Tests", "Api", $"{assembly}.txt");
        string now = Assembly.Load(assembly).GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(path, now);
        }

        string[] before = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] after = now.TrimEnd().Split('\n');
        string[] changes = [.. before.Except(after).Select(static line => $"- {line.Trim()}"), .. after.Except(before).Select(static line => $"+ {line.Trim()}")];
        Assert.True(
            before.SequenceEqual(after),
            $"The public interface of {assembly} has changed. If you mean it, take it over: {Update}=1 dotnet run --project tests/FastTrainLog.Integrations.Tests -- -class \"*PublicApi*\"\n{string.Join('\n', changes)}");
    }
}
