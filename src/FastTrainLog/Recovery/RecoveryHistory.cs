using FastTrainLog.Files;
using FastTrainLog.Journals;

namespace FastTrainLog.Recovery;

/// <summary>Notes in a killed process's journal how long the recovery makes a file that it has cut back: if the recovery is killed too, what follows that is from another program.</summary>
/// <param name="image">The journal.</param>
/// <param name="number">The file's number.</param>
internal sealed class RecoveryHistory(JournalImage image, int number) : FileHistory
{
    public override void Open(FileIdentity identity, long length) => BeginWrite(length);

    public override void BeginWrite(long length) => image.NoteChanges(number, image.ChangesOf(number) with { WrittenTo = length });

    // A recovery does not rotate the file, and finishes before anything else is opened in its place.
    public override void BeginRotation(uint rotation)
    {
    }

    public override void EndRotation(uint rotation)
    {
    }

    public override void Replace(uint replacement, uint rotations, long length, FileIdentity identity)
    {
    }
}
