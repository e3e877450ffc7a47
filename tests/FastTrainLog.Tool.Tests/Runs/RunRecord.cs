using System.Globalization;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>Writes records as the library does: with the run, its rank and the step that it had come to.</summary>
internal static class RunRecord
{
    /// <summary>Returns a record's line.</summary>
    /// <param name="second">The second of the log that it was written at.</param>
    /// <param name="run">The run; null outside of runs.</param>
    /// <param name="number">The event's number.</param>
    /// <param name="name">The event's name.</param>
    /// <param name="properties">The arguments, as the inside of a JSON object.</param>
    /// <param name="logger">The category.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="ranks">How many there are.</param>
    /// <param name="step">The step that the run had come to; null before the first.</param>
    /// <param name="level">The level.</param>
    public static string Of(double second, string? run, int number, string name, string properties, string logger = "training_progress", int rank = 0, int ranks = 1, long? step = null, string level = "INFO")
    {
        string time = new DateTime(2026, 11, 24, 6, 0, 0, DateTimeKind.Utc).AddSeconds(second).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        string context = run is null ? string.Empty : $",\"run\":{Json(run)},\"rank\":{rank},\"world_size\":{ranks}{(step is null ? string.Empty : $",\"step\":{step}")}";
        string @event = name.Length == 0 ? string.Empty : $",\"event\":{Json(name)}";
        return $"{{\"timestamp\":\"{time}\",\"level\":\"{level}\",\"logger\":{Json(logger)},\"thread\":1{context},\"eventId\":{number}{@event},\"message\":{Json(name)},\"properties\":{{{properties}}}}}";
    }

    public static string Start(double second, string run, string properties = "", int rank = 0, int ranks = 1) =>
        Of(second, run, 1000, "RunStarted", $"\"Model\":\"Net\",\"RunId\":{Json(run)}{(properties.Length == 0 ? string.Empty : "," + properties)}", rank: rank, ranks: ranks);

    public static string Step(double second, string run, long step, double loss, int rank = 0, int ranks = 1) => Of(
        second, run, 1001, "Step", string.Create(CultureInfo.InvariantCulture, $"\"Epoch\":1,\"Step\":{step},\"Loss\":{Json(loss)},\"LearningRate\":0.01,\"Phase\":\"training\""), rank: rank, ranks: ranks, step: step);

    private static string Json(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : $"\"{value.ToString(CultureInfo.InvariantCulture)}\"";

    public static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
