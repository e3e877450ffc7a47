using System.Text.Json;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;

namespace FastTrainLog.Dashboard.Alerts;

/// <summary>The file of alerts.</summary>
/// <param name="Rules">Its rules.</param>
internal sealed record AlertRules(IReadOnlyList<AlertRule> Rules)
{
    public const string Threshold = "threshold";
    public const string Absence = "absence";
    public const string NonFinite = "non_finite";
    public const string Ended = "ended";
    public const string Stalled = "stalled";

    private static readonly string[] Outcomes = ["completed", "failed", "cancelled", "stopped", "killed"];

    /// <summary>Reads the file.</summary>
    /// <exception cref="ArgumentException">It cannot be read, or a rule is invalid.</exception>
    public static AlertRules Read(string path)
    {
        AlertRules? rules;
        try
        {
            rules = JsonSerializer.Deserialize(LineReader.WithoutMarks(File.ReadAllBytes(path)), AlertJson.Default.AlertRules);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"The alerts in '{path}' cannot be read: {exception.Message}", exception);
        }

        if (rules?.Rules is not { Count: > 0 } all)
        {
            throw new ArgumentException($"'{path}' has no alert: it must be an object with a list 'rules'.");
        }

        for (int i = 0; i < all.Count; i++)
        {
            if (FaultOf(all[i]) is { } fault)
            {
                throw new ArgumentException($"Rule {i + 1} of '{path}' is invalid: {fault}");
            }
        }

        return rules;
    }

    private static string? FaultOf(AlertRule rule) =>
        !IsCondition(rule.When) ? $"'when' is '{rule.When}'; use {string.Join(", ", new[] { Threshold, Absence, NonFinite, Ended, Stalled }.Concat(AnomalyRules.InWords.Keys))}."
        : rule.When is Threshold or Absence && string.IsNullOrEmpty(rule.Series) ? $"'{rule.When}' requires 'series', such as train/loss."
        : rule.When == Threshold && rule.Above is null && rule.Below is null ? "'threshold' requires 'above' or 'below'."
        : rule.When == Absence && rule.Minutes is not > 0 ? "'absence' requires 'minutes', above 0."
        : rule.QuietMinutes < 0 ? $"'quiet_minutes' is {rule.QuietMinutes}; it must be 0 or more."
        : rule.Outcomes?.FirstOrDefault(outcome => !Outcomes.Contains(outcome)) is { } unknown ? $"'outcomes' contains '{unknown}'; use {string.Join(", ", Outcomes)}."
        : rule.Webhook is not null && !(Uri.TryCreate(rule.Webhook, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https") ? $"'webhook' is '{rule.Webhook}'; it must be an address that begins with https:// or http://."
        : rule.Command is { Count: 0 } ? "'command' is empty: it must be a program and its arguments."
        : null;

    private static bool IsCondition(string? when) => when is Threshold or Absence or NonFinite or Ended or Stalled || (when is not null && AnomalyRules.InWords.ContainsKey(when));
}
