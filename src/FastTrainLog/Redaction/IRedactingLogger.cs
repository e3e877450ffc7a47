namespace FastTrainLog.Redaction;

/// <summary>A logger of a log that has set its own redactors.</summary>
internal interface IRedactingLogger
{
    /// <summary>Gets the redactors of classified values.</summary>
    RedactorTable Redactors { get; }
}
