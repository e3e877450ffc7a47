using System.Globalization;

namespace FastTrainLog.Tool.Tests.Analysis;

/// <summary>Writes the JSON lines of a made-up run.</summary>
internal sealed class RunLines(string id, long? totalSteps = null, bool namesRun = false)
{
    private readonly List<string> _lines = [];

    public string[] Lines => [.. _lines];

    /// <summary>Gets or sets the time of the next record.</summary>
    public DateTime Time { get; set; } = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public RunLines Start(int? rank = null)
    {
        string ranks = rank is null ? "\"Rank\":null,\"WorldSize\":null" : $"\"Rank\":{rank},\"WorldSize\":8";
        Add("INFO", "main", 1005, "RunAnnounced", $"\"RunId\":\"{id}\",\"Model\":\"Net\",{ranks}");
        return Add("INFO", "training_progress", 1000, "RunStarted", $"\"Model\":\"Net\",\"Epochs\":1,\"TotalSteps\":{totalSteps?.ToString(CultureInfo.InvariantCulture) ?? "null"},\"RunId\":\"{id}\",{ranks}");
    }

    public RunLines Step(long step, double loss, double seconds = 0.1, double norm = 1.0, double? eta = null)
    {
        Time = Time.AddSeconds(seconds);
        string progress = totalSteps is null ? "null" : (100.0 * step / totalSteps.Value).ToString("R", CultureInfo.InvariantCulture);
        string foretold = eta is null ? "null" : $"\"{TimeSpan.FromSeconds(eta.Value):c}\"";
        return Add("INFO", "training_progress", 1001, "Step", string.Create(
            CultureInfo.InvariantCulture,
            $"\"Epoch\":1,\"Step\":{step},\"TotalSteps\":null,\"Progress\":{progress},\"Loss\":{Number(loss)},\"LearningRate\":0.01,\"Eta\":{foretold},\"Phase\":\"training\",\"Accuracy\":0.5,\"GradientNorm\":{Number(norm)},\"StabilityScore\":1,\"ClippingRatio\":0.25,\"Throughput\":{64 / seconds:R},\"StepSeconds\":{seconds:R},\"Metrics\":{{\"top5\":0.75}}"));
    }

    public RunLines Issue(string layer, long step) => Add(
        "WARNING", "numerical_stability", 1100, "NumericalIssue", $"\"Type\":\"NaN\",\"Severity\":\"Medium\",\"Location\":\"{layer}\",\"Step\":{step},\"NaNCount\":3,\"InfinityCount\":1,\"RecoveryAction\":\"gradient_zeroing\"");

    public RunLines Error(string operation, string category, string context, bool recovered) => Add(
        "ERROR", "errors", 1200, "ErrorWithContext", $"\"Operation\":\"{operation}\",\"Category\":\"{category}\",\"Error\":\"it broke\",\"Context\":{context},\"Recovery\":null,\"Recovered\":{(recovered ? "true" : "false")},\"Suggestion\":\"mend it\"", ",\"exception\":{\"type\":\"System.IO.IOException\",\"message\":\"it broke\",\"details\":\"\"}");

    public RunLines Operation(string operation, double seconds)
    {
        Time = Time.AddSeconds(seconds);
        return Add("INFO", "performance", 1300, "Performance", string.Create(CultureInfo.InvariantCulture, $"\"Operation\":\"{operation}\",\"DurationSeconds\":{seconds:R},\"Throughput\":null,\"ManagedBytes\":1000,\"ProcessBytes\":5000"));
    }

    public RunLines End()
    {
        Add("INFO", "training_progress", 1003, "RunCompleted", $"\"RunId\":\"{id}\"");
        return Add("INFO", "main", 1006, "RunConcluded", $"\"RunId\":\"{id}\",\"Model\":\"Net\"");
    }

    public RunLines Add(string level, string logger, int eventId, string name, string properties, string more = "")
    {
        _lines.Add($"{{\"timestamp\":\"{Time:yyyy-MM-ddTHH:mm:ss.fffffffZ}\",\"level\":\"{level}\",\"logger\":\"{logger}\",\"thread\":1,\"eventId\":{eventId},\"event\":\"{name}\",{(namesRun ? $"\"run\":\"{id}\"," : string.Empty)}\"message\":\"{name}\",\"properties\":{{{properties}}}{more}}}");
        return this;
    }

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : $"\"{value.ToString(CultureInfo.InvariantCulture)}\"";
}
