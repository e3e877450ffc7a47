namespace FastTrainLog.Files;

/// <summary>Notes what happens to a log file in memory that outlives the process.</summary>
/// <remarks>Valid only as long as the memory that it writes to.</remarks>
/// <param name="changes">Where it is noted.</param>
internal sealed unsafe class MappedHistory(FileChanges* changes) : FileHistory
{
    public override void Open(FileIdentity identity, long length)
    {
        changes->Current = identity;
        Volatile.Write(ref changes->WrittenTo, length);
    }

    public override void BeginWrite(long length) => Volatile.Write(ref changes->WrittenTo, length);

    public override void BeginRotation(uint rotation) => Volatile.Write(ref changes->RotationsBegun, rotation);

    public override void EndRotation(uint rotation) => Volatile.Write(ref changes->RotationsEnded, rotation);

    public override void Replace(uint replacement, uint rotations, long length, FileIdentity identity)
    {
        changes->ReplacedAtRotation = rotations;
        changes->ReplacedAtLength = length;
        changes->Replacement = identity;
        Volatile.Write(ref changes->Replacements, replacement);
    }
}
