namespace FastTrainLog.Packaging.Tests;

/// <summary>The examples that an editor shows at the types that people use first: they compile against the packages.</summary>
[Collection(UserProgramsCollection.Name)]
public sealed class ExampleTests(UserPrograms programs)
{
    internal static readonly string[] First =
    [
        "FastTrainLog.TrainLogging", "FastTrainLog.TrainLogOptions", "FastTrainLog.TrainLogger", "FastTrainLog.TrainLogAttribute", "FastTrainLog.ILogSink",
        "FastTrainLog.Training.TrainingRun", "FastTrainLog.Training.TrainingRunOptions",
        "FastTrainLog.Gradients.GradientClipper", "FastTrainLog.Gradients.GradientBuffer", "FastTrainLog.Gradients.GradientLimit",
        "FastTrainLog.Reading.LogReader", "FastTrainLog.Analysis.LogAnalysis", "FastTrainLog.Testing.InMemoryLog",
    ];

    [Fact]
    public void The_types_that_people_use_first_have_examples_that_compile()
    {
        string[] packages = ["FastTrainLog", "FastTrainLog.Analysis", "FastTrainLog.Testing"];
        Assert.Empty(First.Except(packages.SelectMany(programs.Packages.Examples).Select(static e => e.Type)));
        // What is of tests needs a test around it.
        string[] compiled = [.. Directory.GetFiles(programs.PathOf("Examples"), "Example*.cs").Select(static file => File.ReadLines(file).First()["// ".Length..])];
        Assert.Equal(First.Where(static type => !type.StartsWith("FastTrainLog.Testing", StringComparison.Ordinal)).Order(StringComparer.Ordinal), compiled.Order(StringComparer.Ordinal));
        Assert.True(File.Exists(programs.PathOf("Examples", "built", "Examples.dll")));
    }
}
