using System.Text.Json;
using FastTrainLog.Redaction;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Docs;

/// <summary>What docs/generator.md shows of its examples is what they log.</summary>
public sealed class FieldExampleTests
{
    [Fact]
    public void The_examples_log_what_the_document_shows()
    {
        using var directory = new TemporaryDirectory();
        byte[] key = new byte[32];
        // #redactors
        var options = new TrainLogOptions();
        options.Redact<PersonalDataAttribute>(Redactor.Hash(key));
        options.Redact<PatientDataAttribute>(Redactor.Mask(visible: 2));
        // #
        (options.LogDirectory, options.EnableConsoleLogging) = (directory.Path, false);
        using (TrainLogging logging = TrainLogging.Create(options))
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            logger.Activations("fc1", [0.5f, -1f, float.NaN], [.. Enumerable.Range(0, 12)]);
            logger.Configured(new RunConfig("digits", 32, new Optimizer("adam", 0.001), "very secret"));
            logger.Loaded("ada", "scan-000417");
        }

        string[] lines = [.. File.ReadLines(Path.Combine(directory.Path, "run.jsonl")).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("properties").GetRawText())];
        string document = Repository.Read("docs/generator.md");
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Contains(line, document));
    }
}
