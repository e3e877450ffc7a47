namespace FastTrainLog.Frontend;

/// <summary>Where the calling thread's next record goes: what a log call needs of its thread, side by side in the thread's own memory.</summary>
/// <remarks>
/// A training loop logs about once a millisecond, from caches that others have used meanwhile: each object between the call and the page
/// is then a miss that the call waits for. These fields are the current <see cref="ThreadBuffer"/>'s own as long as it is the current one.
/// </remarks>
internal static unsafe class ThreadPosition
{
    /// <summary>Where the next record goes.</summary>
    [ThreadStatic]
    public static byte* Cursor;

    /// <summary>What a record may not reach beyond.</summary>
    [ThreadStatic]
    public static byte* Limit;

    /// <summary>The identifier of the pipeline that the page belongs to; 0 for none.</summary>
    [ThreadStatic]
    public static int Pipeline;
}
