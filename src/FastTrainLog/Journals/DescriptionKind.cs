namespace FastTrainLog.Journals;

/// <summary>What a description in a journal describes.</summary>
internal enum DescriptionKind : byte
{
    /// <summary>A logger: its identifier, its category, and the number of its run.</summary>
    Logger = 1,

    /// <summary>A call site.</summary>
    CallSite = 2,

    /// <summary>A file that records are written to: its number, its names, its format, and which records it takes.</summary>
    File = 3,

    /// <summary>A run: its number, identifier, rank, world size and the ticks of its start.</summary>
    Run = 4,

    /// <summary>The end of a run: its number and the ticks.</summary>
    RunEnd = 5,

    /// <summary>What is masked in texts.</summary>
    Scrubbing = 6,
}
