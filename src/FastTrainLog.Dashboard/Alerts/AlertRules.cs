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

    /// <summary>Gets what a rule may be about, with its explanation.</summary>
    public static IReadOnlyDictionary<string, string> InWords { get; } = new Dictionary<string, string>(AnomalyRules.InWords)
    {
        [Threshold] = "the last value of a series is above or below a number",
        [Absence] = "a series has had no new point for some minutes",
        [NonFinite] = "more steps have a loss or gradients that are not finite",
        [Ended] = "the run has ended",
        [Stalled] = "the run logs no progress",
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mayBeEmpty">Whether it may have no rule.</param>
    /// <exception cref="ArgumentException">It cannot be read, or a rule is invalid.</exception>
    public static AlertRules Read(string path, bool mayBeEmpty = false)
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

        if (rules?.Rules is not { } all || (all.Count == 0 && !mayBeEmpty))
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

    /// <summary>Returns what is wrong with a rule, or null.</summary>
    public static string? FaultOf(AlertRule? rule) =>
        rule is null ? "it is null; it must be an object with 'when'."
        : !IsCondition(rule.When) ? $"'when' is '{rule.When}'; use {string.Join(", ", new[] { Threshold, Absence, NonFinite, Ended, Stalled }.Concat(AnomalyRules.InWords.Keys))}."
        : rule.When is Threshold or Absence && string.IsNullOrEmpty(rule.Series) ? $"'{rule.When}' requires 'series', such as train/loss."
        : rule.When == Threshold && rule.Above is null && rule.Below is null ? "'threshold' requires 'above' or 'below'."
        : rule.When == Absence && rule.Minutes is not > 0 ? "'absence' requires 'minutes', above 0."
        : rule.QuietMinutes < 0 ? $"'quiet_minutes' is {rule.QuietMinutes}; it must be 0 or more."
        : rule.Outcomes?.FirstOrDefault(outcome => !Outcomes.Contains(outcome)) is { } unknown ? $"'outcomes' contains '{unknown}'; use {string.Join(", ", Outcomes)}."
        : rule.Webhook is not null && !(Uri.TryCreate(rule.Webhook, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https") ? $"'webhook' is '{rule.Webhook}'; it must be an address that begins with https:// or http://."
        : rule.Command is { } command && (command.Count == 0 || command.Any(part => part is null)) ? "'command' is empty, or a part of it is null: it must be a program and its arguments."
        : null;

    private static bool IsCondition(string? when) => when is not null && InWords.ContainsKey(when);
}
