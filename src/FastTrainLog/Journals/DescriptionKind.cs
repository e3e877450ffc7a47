namespace FastTrainLog.Journals;

/// <summary>What a description in a journal describes.</summary>
internal enum DescriptionKind : byte
{
    /// <summary>A logger: its identifier and its category.</summary>
    Logger = 1,

    /// <summary>A call site.</summary>
    CallSite = 2,

    /// <summary>A file that records are written to: its number and its full path.</summary>
    File = 3,
}
