using System.Reflection;
using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Docs;

/// <summary>The table of the reference's functions names what there is in their place, and shows each of it in an example.</summary>
public sealed partial class ReferenceTableTests
{
    private static readonly string Document = Repository.Read("docs/training-log.md");

    // What the two documents of the reference define.
    public static TheoryData<string> Functions =>
    [
        "log_training_step", "log_training_start", "log_training_progress", "log_training_end", "log_model_checkpoint", "log_validation_results", "log_numerical_issue",
        "log_error_with_context", "log_performance_metrics", "log_model_operation", "log_system_event", "safe_model_loading", "safe_inference", "setup_logging",
    ];

    public static TheoryData<string> Methods => [.. Table().SelectMany(row => MethodsOf(row[1])).Distinct()];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_function_of_the_reference_has_a_row_with_a_method_and_a_section(string function)
    {
        string[] row = Assert.Single(Table(), row => row[0].Contains($"`{function}`", StringComparison.Ordinal));
        Assert.NotEmpty(MethodsOf(row[1]));
        Assert.All(Anchor().Matches(row[1]), anchor => Assert.Contains(Document.Split('\n'), line => line.StartsWith('#') && AnchorOf(line) == anchor.Groups[1].Value));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_of_the_table_exists_and_is_called_in_an_example(string method)
    {
        MemberInfo[] members = [.. new[] { typeof(TrainingRun), typeof(TrainLogging), typeof(TrainLoggingBuilderExtensions) }.SelectMany(type => type.GetMember(method))];
        Assert.NotEmpty(members);
        Assert.Matches($@"<!-- snippet: \S+ -->\n```csharp\n(?:(?!```)[\s\S])*\.{method}(<[^(]+>)?\(", Document);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_of_the_table_is_called_by_the_sample_or_does_not_fit_it(string method)
    {
        string? reason = method switch
        {
            "LogCheckpoint" => "SaveCheckpoint calls it",
            "RunSafely" or "BeginOperation" => "LoadModelSafely and InferSafely are made of it",
            "AddFastTrainLog" => "the sample has no host",
            "Snapshot" => "the log keeps the snapshot of its run on the disk by itself",
            "LogNumericalIssue" => "LogStep calls it for the gradients that --inject-nan spoils",
            _ => null,
        };
        string sample = string.Concat(Directory.GetFiles(Path.Combine(Repository.Root, "samples", "DigitsTraining"), "*.cs").Select(File.ReadAllText));
        Assert.Equal(reason is null, sample.Contains($".{method}(", StringComparison.Ordinal));
    }

    private static string[][] Table() =>
    [
        .. Document.Split("## Messages")[1].Split("### Start")[0].Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..3]),
    ];

    private static IEnumerable<string> MethodsOf(string cell) => Code().Matches(cell).Select(match => match.Groups[1].Value);

    private static string AnchorOf(string heading) => heading.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-');

    [GeneratedRegex(@"`(?:\w+\.)?(\w+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\(#([\w-]+)\)")]
    private static partial Regex Anchor();
}
