using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Allocation.Tests;

/// <summary>Summaries, numbers, properties, redaction and sampling allocate nothing at the call.</summary>
public sealed partial class FieldAllocationTests
{
    private const int Calls = 10_000;

    public static TheoryData<string> Kinds => ["summary", "values", "properties", "erased", "masked", "hashed", "sampled", "limited"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_call_allocates_nothing(string kind)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-fields-").FullName;
        try
        {
            var options = new TrainLogOptions { LogDirectory = directory, EnableConsoleLogging = false };
            options.Redact<PersonalDataAttribute>(Redactor.Mask());
            options.Redact<HashedDataAttribute>(Redactor.Hash(new byte[32]));
            using TrainLogging logging = TrainLogging.Create(options);
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            float[] values = [.. Enumerable.Range(0, 1000).Select(static i => i / 3f)];
            var settings = new Settings("digits", 0.001, DayOfWeek.Friday, new Window(1, null), 3);

            Log(kind, logger, values, settings);
            Assert.True(logging.Flush());
            long before = GC.GetAllocatedBytesForCurrentThread();
            Log(kind, logger, values, settings);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(logging.Flush());
            Assert.Equal(0, logging.DroppedRecords);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Log(string kind, TrainLogger logger, float[] values, Settings settings)
    {
        for (int i = 0; i < Calls; i++)
        {
            switch (kind)
            {
                case "summary":
                    Summary(logger, values);
                    break;
                case "values":
                    Values(logger, values.AsSpan(0, 20));
                    break;
                case "properties":
                    Properties(logger, settings);
                    break;
                case "erased":
                    Erased(logger, "hunter2", i);
                    break;
                case "masked":
                    Masked(logger, "ada@example.org");
                    break;
                case "hashed":
                    Hashed(logger, "ada@example.org");
                    break;
                case "sampled":
                    Sampled(logger, i);
                    break;
                default:
                    Limited(logger, i);
                    break;
            }
        }
    }

    [TrainLog(1, LogLevel.Information, "{Values:F2}")]
    private static partial void Summary(ILogger logger, ReadOnlySpan<float> values);

    [TrainLog(2, LogLevel.Information, "{Values}")]
    private static partial void Values(ILogger logger, [LogValues(16)] ReadOnlySpan<float> values);

    [TrainLog(3, LogLevel.Information, "{settings.Name}")]
    private static partial void Properties(ILogger logger, [LogFields] Settings settings);

    [TrainLog(4, LogLevel.Information, "{Password}")]
    private static partial void Erased(ILogger logger, [SecretData] string password, [SecretData] int number);

    [TrainLog(5, LogLevel.Information, "{User}")]
    private static partial void Masked(ILogger logger, [PersonalData] string user);

    [TrainLog(6, LogLevel.Information, "{User}")]
    private static partial void Hashed(ILogger logger, [HashedData] string user);

    [TrainLog(7, LogLevel.Information, "{Step}", SampleEvery = 100)]
    private static partial void Sampled(ILogger logger, int step);

    [TrainLog(8, LogLevel.Information, "{Step}", MaxPerSecond = 100)]
    private static partial void Limited(ILogger logger, int step);

    private sealed class HashedDataAttribute : ClassifiedDataAttribute;

    private sealed record Settings(string Name, double Rate, DayOfWeek Day, Window Window, int? Retries);

    private readonly record struct Window(int Low, TimeSpan? High);
}
