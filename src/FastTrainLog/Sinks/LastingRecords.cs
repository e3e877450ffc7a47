using System.Text.Json;
using FastTrainLog.Formatting;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>The rule of which records outlive the steps, where <see cref="TrainLogOptions.MaxTotalBackupSize"/> has no space for all: the few that show the history of a run.</summary>
/// <remarks>
/// Every warning and error, and the events of a run except those of each step and of each sample. Custom records below Warning are deleted with the
/// steps, because their number is unknown.
/// </remarks>
internal static class LastingRecords
{
    /// <summary>Returns whether an event of a run is a lasting one, at any level.</summary>
    public static bool Holds(int trainingEvent) => trainingEvent is not (
        TrainingEvents.Step or TrainingEvents.GradientsClipped or TrainingEvents.Gradients or TrainingEvents.GradientLayer or TrainingEvents.GradientHistogram
        or TrainingEvents.Performance or TrainingEvents.SystemStatistics or TrainingEvents.ResourceUsage or TrainingEvents.GpuUsage);

    /// <summary>Returns whether a JSON line is a lasting one. A damaged line is: it may contain anything.</summary>
    public static bool Holds(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            string? category = null;
            int number = 0;
            while (json.Read())
            {
                if (json.CurrentDepth != 1 || json.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (json.ValueTextEquals("level"u8))
                {
                    json.Read();
                    if (IsTrouble(json.ValueSpan))
                    {
                        return true;
                    }
                }
                else if (json.ValueTextEquals("logger"u8))
                {
                    json.Read();
                    category = json.GetString();
                }
                else if (json.ValueTextEquals("event_id"u8) || json.ValueTextEquals("eventId"u8))
                {
                    json.Read();
                    number = json.GetInt32();
                }
                else if (json.ValueTextEquals("event"u8))
                {
                    // All of these precede it.
                    json.Read();
                    return number == BackupMessages.RecordsLeftOut || (category is not null && TrainingEventOrigins.IsOfRun(number, category, json.ValueSpan) && Holds(number));
                }
            }

            return false;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return true;
        }
    }

    private static bool IsTrouble(ReadOnlySpan<byte> level) =>
        level.SequenceEqual(LevelNames.Utf8(LogLevel.Warning)) || level.SequenceEqual(LevelNames.Utf8(LogLevel.Error)) || level.SequenceEqual(LevelNames.Utf8(LogLevel.Critical));
}
