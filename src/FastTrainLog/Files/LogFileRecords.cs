namespace FastTrainLog.Files;

/// <summary>Which records a file takes, so that a recovery can determine them without the options of the killed process.</summary>
internal enum LogFileRecords : byte
{
    /// <summary>Those of a custom sink: only the sink knows.</summary>
    Sink = 0,

    /// <summary>All.</summary>
    All = 1,

    /// <summary>Those of one category.</summary>
    Category = 2,

    /// <summary>Those of categories and the ones below them.</summary>
    Categories = 3,

    /// <summary>All from Warning on, and what is logged as an error's context.</summary>
    Errors = 4,

    /// <summary>Those of the main category, and of the user's categories except some that have their own file.</summary>
    Rest = 5,
}
