namespace FastTrainLog.Reading;

/// <summary>Stores how far the files of a log were read, so that the next reading continues from there.</summary>
internal interface IReadingPlace
{
    /// <summary>Gets whether the last line of a file is left for later if it has no line feed yet.</summary>
    bool LeavesUnended { get; }

    /// <summary>Gets whether other threads read the next lines in advance.</summary>
    bool ReadsAhead { get; }

    /// <summary>Notes that the files are opened, from the newest to the oldest of each log; again if they were renamed meanwhile.</summary>
    void Open();

    /// <summary>Returns whether a file and all older ones of its log were read, so that they are not even opened.</summary>
    bool IsRead(LogFile file);

    /// <summary>Moves an opened file to where its reading continues.</summary>
    /// <returns>Whether there may be something to read.</returns>
    bool Begin(LineReader reader);

    /// <summary>Notes how far a file was read.</summary>
    void End(LineReader reader, LinePosition position);
}
