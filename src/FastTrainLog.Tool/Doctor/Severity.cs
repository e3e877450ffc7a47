namespace FastTrainLog.Tool.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    Ok,
    Warning,
    Error,
}
