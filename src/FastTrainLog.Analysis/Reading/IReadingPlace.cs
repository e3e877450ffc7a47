namespace FastTrainLog.Reading;

/// <summary>Stores how far the files of a log were read, so that the next reading continues from there.</summary>
internal interface IReadingPlace
{
    /// <summary>Returns whether the last line of a file, which has no line feed, is left for later.</summary>
    /// <param name="reader">The reader, which is at the line.</param>
    /// <param name="isRecord">Whether the line is a record as it is: of such a line nothing but the line feed can be missing.</param>
    bool LeavesUnended(LineReader reader, bool isRecord);

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
