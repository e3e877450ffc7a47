namespace FastTrainLog.Files;

/// <summary>Notes what happens to a log file, before or as it happens, where a recovery finds it.</summary>
/// <remarks>Not thread-safe.</remarks>
internal abstract class FileHistory
{
    /// <summary>Notes which file is written from here on, and how many bytes it has.</summary>
    public abstract void Open(FileIdentity identity, long length);

    /// <summary>Notes how many bytes the file will have when the write that now begins is done.</summary>
    public abstract void BeginWrite(long length);

    /// <summary>Notes that the file is about to be rotated for the n-th time.</summary>
    public abstract void BeginRotation(uint rotation);

    /// <summary>Notes that the file was rotated for the n-th time.</summary>
    public abstract void EndRotation(uint rotation);

    /// <summary>Notes that the file was recreated for the n-th time, since something else was found in its place.</summary>
    /// <param name="replacement">How often that was.</param>
    /// <param name="rotations">How often the file was rotated before.</param>
    /// <param name="length">The bytes that the new file holds already.</param>
    /// <param name="identity">Which file it is.</param>
    public abstract void Replace(uint replacement, uint rotations, long length, FileIdentity identity);
}
