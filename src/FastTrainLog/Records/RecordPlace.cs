using System.Runtime.InteropServices;

namespace FastTrainLog.Records;

/// <summary>The position of a thread's next record: all that a <see cref="RecordWriter"/> needs of the thread.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RecordPlace
{
    /// <summary>Where the next record goes.</summary>
    public byte* Cursor;

    /// <summary>The end that a record must not exceed.</summary>
    public byte* Limit;

    /// <summary>Called when a record of an error was committed here: the owner wakes the reader.</summary>
    public delegate*<void> OnError;
}
