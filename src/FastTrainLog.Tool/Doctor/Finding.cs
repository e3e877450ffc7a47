namespace FastTrainLog.Tool.Doctor;

/// <summary>The result of a check.</summary>
/// <param name="Severity">Its severity.</param>
/// <param name="Message">What was found, and where.</param>
/// <param name="Fix">What to do about it; null if there is nothing to do.</param>
internal sealed record Finding(Severity Severity, string Message, string? Fix = null)
{
    public static Finding Ok(string message) => new(Severity.Ok, message);

    public static Finding Warning(string message, string fix) => new(Severity.Warning, message, fix);

    public static Finding Error(string message, string fix) => new(Severity.Error, message, fix);
}
