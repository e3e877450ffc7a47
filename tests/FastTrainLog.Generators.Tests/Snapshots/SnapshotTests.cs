using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Snapshots;

public sealed class SnapshotTests
{
    private const string Update = "FASTTRAINLOG_UPDATE_SNAPSHOTS";

    [Theory]
    [MemberData(nameof(FeatureSource.Names), MemberType = typeof(FeatureSource))]
    public void Generated_code_is_the_snapshot(string feature)
    {
        FeatureSource source = FeatureSource.Named(feature);
        Compiled compiled = Compiled.WithTrainLog(source.Compilation(source.Language));
        string actual = string.Join('\n', compiled.Generated.Select(static file => $"// {file.Key}\n{file.Value}"));
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(source.SnapshotPath, actual);
        }

        Assert.True(File.Exists(source.SnapshotPath), $"There is no snapshot of {feature}; run the tests with {Update}=1 and read what was written.");
        Assert.Equal(File.ReadAllText(source.SnapshotPath), actual);
    }

    // C# 14 is what this compiler calls preview; the packaging tests build with the one of the SDK.
    public static TheoryData<string, LanguageVersion> NamesAndVersions =>
    [
        .. FeatureSource.All.SelectMany(static f => new[] { LanguageVersion.CSharp12, LanguageVersion.CSharp13, LanguageVersion.Preview }
            .Where(v => v >= f.Language)
            .Select(v => (f.Name, v))),
    ];

    [Theory]
    [MemberData(nameof(NamesAndVersions))]
    public void Generated_code_compiles_under_warnings_as_errors(string feature, LanguageVersion language) =>
        Compiled.WithTrainLog(FeatureSource.Named(feature).Compilation(language)).Load();

    [Fact]
    public void Every_snapshot_has_its_source()
    {
        string[] snapshots = Directory.GetFiles(Path.GetDirectoryName(FeatureSource.All.First().SnapshotPath)!);
        Assert.Equal(FeatureSource.All.Select(static f => f.SnapshotPath).Order(StringComparer.Ordinal), snapshots.Order(StringComparer.Ordinal));
    }
}
