namespace FastTrainLog.Dashboard.Alerts;

/// <summary>One rule of the file of alerts.</summary>
internal sealed record AlertRule
{
    /// <summary>The minutes for which a rule is quiet that does not say so: a generated reader gives no property the value of an initialiser.</summary>
    public const double DefaultQuietMinutes = 10;

    /// <summary>Gets its name, which alerts have in their text; by default what it is about.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the condition: <c>threshold</c>, <c>absence</c>, <c>non_finite</c>, <c>ended</c>, <c>stalled</c>, or a kind of anomaly of <c>analyze</c>.</summary>
    public string? When { get; init; }

    /// <summary>Gets the series of a threshold or an absence.</summary>
    public string? Series { get; init; }

    /// <summary>Gets the value above which a threshold is exceeded.</summary>
    public double? Above { get; init; }

    /// <summary>Gets the value below which a threshold is exceeded.</summary>
    public double? Below { get; init; }

    /// <summary>Gets the minutes without a new point that are an absence.</summary>
    public double? Minutes { get; init; }

    /// <summary>Gets the outcomes of an end; by default all.</summary>
    public IReadOnlyList<string>? Outcomes { get; init; }

    /// <summary>Gets the minutes after an alert in which the same rule is quiet about the same run; null for <see cref="DefaultQuietMinutes"/>.</summary>
    public double? QuietMinutes { get; init; }

    /// <summary>Gets the address to which alerts are posted.</summary>
    public string? Webhook { get; init; }

    /// <summary>Gets the program that is started for an alert, and its arguments.</summary>
    public IReadOnlyList<string>? Command { get; init; }
}
