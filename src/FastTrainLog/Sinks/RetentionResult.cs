namespace FastTrainLog.Sinks;

/// <summary>The result of a check of the rotated files of a directory.</summary>
/// <param name="Deleted">How many files were deleted.</param>
/// <param name="DeletedBytes">Their bytes.</param>
/// <param name="Reduced">How many files were reduced to their lasting records.</param>
/// <param name="FreedBytes">The bytes freed by that.</param>
/// <param name="TotalBytes">The bytes of all before.</param>
internal readonly record struct RetentionResult(int Deleted, long DeletedBytes, int Reduced, long FreedBytes, long TotalBytes)
{
    /// <summary>Gets how many of the files that were deleted or reduced a reader had not read to their ends.</summary>
    public int Unread { get; init; }

    /// <summary>Gets their bytes.</summary>
    public long UnreadBytes { get; init; }

    /// <summary>Gets which file could not be reduced, and why; null if there is none.</summary>
    public string? Unreadable { get; init; }
}
