namespace FastTrainLog.Files;

/// <summary>Notes what happens to a log file, before or as it happens, where a recovery finds it.</summary>
/// <remarks>Not thread-safe. Valid only as long as the memory that it writes to.</remarks>
/// <param name="changes">Where it is noted.</param>
internal sealed unsafe class FileHistory(FileChanges* changes)
{
    /// <summary>Notes which file is written from here on, and how many bytes it has.</summary>
    public void Open(FileIdentity identity, long length)
    {
        changes->Current = identity;
        Volatile.Write(ref changes->WrittenTo, length);
    }

    /// <summary>Notes how many bytes the file will have when the write that now begins is done.</summary>
    public void BeginWrite(long length) => Volatile.Write(ref changes->WrittenTo, length);

    /// <summary>Notes that the file is about to be rotated for the n-th time.</summary>
    public void BeginRotation(uint rotation) => Volatile.Write(ref changes->RotationsBegun, rotation);

    /// <summary>Notes that the file was rotated for the n-th time.</summary>
    public void EndRotation(uint rotation) => Volatile.Write(ref changes->RotationsEnded, rotation);

    /// <summary>Notes that the file was recreated for the n-th time, since something else was found in its place.</summary>
    /// <param name="replacement">How often that was.</param>
    /// <param name="rotations">How often the file was rotated before.</param>
    /// <param name="length">The bytes that the new file holds already.</param>
    /// <param name="identity">Which file it is.</param>
    public void Replace(uint replacement, uint rotations, long length, FileIdentity identity)
    {
        changes->ReplacedAtRotation = rotations;
        changes->ReplacedAtLength = length;
        changes->Replacement = identity;
        Volatile.Write(ref changes->Replacements, replacement);
    }
}
