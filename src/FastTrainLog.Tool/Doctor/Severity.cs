namespace FastTrainLog.Tool.Doctor;

/// <summary>The severity of a finding.</summary>
internal enum Severity
{
    Ok,
    Warning,
    Error,
}
