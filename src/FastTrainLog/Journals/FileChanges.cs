namespace FastTrainLog.Journals;

/// <summary>What became of a log file since the last checkpoint, as it stands in a journal; written as it happens, by single stores.</summary>
internal struct FileChanges
{
    /// <summary>How often the file was about to be rotated: one more than <see cref="RotationsEnded"/> in the middle of it.</summary>
    public uint RotationsBegun;

    /// <summary>How often it was rotated.</summary>
    public uint RotationsEnded;

    /// <summary>How often it was made anew because something else was found in its place; stored last.</summary>
    public uint Replacements;

    /// <summary>How often it had been rotated when it was made anew the last time.</summary>
    public uint ReplacedAtRotation;

    /// <summary>The bytes that it held then.</summary>
    public long ReplacedAtLength;
}
