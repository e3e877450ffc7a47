namespace FastTrainLog.Reading;

/// <summary>Lines of a file that follow each other.</summary>
/// <param name="Begin">Where the first one begins.</param>
/// <param name="End">The offset behind the last one, after decompression; <see cref="long.MaxValue"/> for the end of the file.</param>
internal readonly record struct LineSpan(LinePosition Begin, long End)
{
    /// <summary>Gets all lines of a file.</summary>
    public static IReadOnlyList<LineSpan> All { get; } = [new(default, long.MaxValue)];
}
