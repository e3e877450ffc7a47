using FastTrainLog.Files;
using FastTrainLog.Journals;
using FastTrainLog.Sinks;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Recovery;

/// <summary>Restores a log file to a state in which the records of a journal can be added to it, each once.</summary>
/// <remarks>
/// If the file is as the process left it, it is truncated to the length in the last checkpoint, and newer files are deleted: all of that is written again.
/// If it has changed since (by another log that could not see the journal, lines of another program, another file), nothing is truncated: the records that
/// are in it already are found by their lines (<see cref="WrittenRecords"/>). Both can be repeated, by a recovery after one that was killed. Only names in the
/// log directory are touched, and a link is followed only to the very file that the process was writing.
/// </remarks>
internal sealed class FileRestoration(OpenDirectory directory, JournalImage image)
{
    // The maximum difference between the clocks of the process and of the file system.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    /// <summary>Determines how the records of a file are restored.</summary>
    /// <param name="number">The file's number.</param>
    /// <param name="name">Its name.</param>
    /// <param name="wasTakenOver">Whether another log has written to it since, which could not see the journal.</param>
    public Restoration Examine(int number, string name, bool wasTakenOver)
    {
        CheckpointedFile state = image.Checkpoint!.Files[number];
        FileChanges changes = image.ChangesOf(number);
        if (RefusalOf(name, state.Identity, changes.Current) is { } refusal)
        {
            return new Restoration(refusal, null);
        }

        bool isAppendedTo = IsAppendedTo(name, state, changes);
        if (!wasTakenOver)
        {
            FinishRotation(number, name, ref changes);
        }

        Since since = SinceCheckpoint(name, state, changes);
        if (since.Rotations < 0)
        {
            return new Restoration(
                $"the rotations of {name} are damaged ({state.Rotations} at the checkpoint, {changes.RotationsBegun} begun, {changes.RotationsEnded} ended), so its records are not written",
                null);
        }

        if (!wasTakenOver && !isAppendedTo && IsAsLeft(name, since))
        {
            return new Restoration(null, null);
        }

        return Search(name, FindParts(name, since));
    }

    /// <summary>Determines how the records of a file are restored after the machine was booted again.</summary>
    /// <remarks>
    /// If it lost power, neither the journal nor the file need be as they were at any one moment: blocks of both may be older than what was last written. So the
    /// checkpoint proves nothing. Nothing is truncated, and the records are searched in all that was written since the oldest of them.
    /// </remarks>
    /// <param name="number">The file's number.</param>
    /// <param name="name">Its name.</param>
    public Restoration ExamineAfterReboot(int number, string name)
    {
        FileIdentity checkpointed = image.Checkpoint is { } checkpoint && number < checkpoint.Files.Count ? checkpoint.Files[number].Identity : FileIdentity.None;
        if (RefusalOf(name, checkpointed, image.ChangesOf(number).Current) is { } refusal)
        {
            return new Restoration(refusal, null);
        }

        int[] numbers = NumbersSince(name, image.FirstRecordTime - ClockTolerance);
        return Search(name, [.. Enumerable.Reverse(numbers).Select(rotated => new WrittenPart(NameOf(name, rotated), 0))]);
    }

    /// <summary>Truncates the file to its state, and deletes newer ones.</summary>
    public void CutBack(int number, string name)
    {
        CheckpointedFile state = image.Checkpoint!.Files[number];
        FileChanges changes = image.ChangesOf(number);
        // From here on the recovery writes, until the file is open again and its length is noted.
        (changes.Current, changes.WrittenTo) = (FileIdentity.None, long.MaxValue);
        image.NoteChanges(number, changes);
        Since since = SinceCheckpoint(name, state, changes);
        string[] names = NamesSince(name, since) ?? throw new InvalidOperationException($"{name} is not as the process left it, so it cannot be cut back.");
        foreach (string younger in names[..^1])
        {
            // Only what is written again.
            directory.Delete(younger);
        }

        CutTo(names[^1], since.Identity, since.Length);
    }

    /// <summary>Returns whether the process has written anything to a file.</summary>
    public bool IsBegun(int number) =>
        image.Checkpoint!.Files[number].Length > 0 || image.ChangesOf(number) is { WrittenTo: > 0 } or { RotationsBegun: > 0 };

    /// <summary>Returns whether nothing is left of a file.</summary>
    public bool IsGone(string name) =>
        directory.StatusOf(name) is null && RotatedFiles.NumbersOf(directory.PathOf(name)).Length == 0;

    private Restoration Search(string name, List<WrittenPart> parts) => parts.Exists(part => IsReduced(part.Name))
        ? new Restoration($"it cannot be determined which records are in {name} already, since what the process wrote last was reduced", null)
        : new Restoration(null, parts);

    private string? RefusalOf(string name, FileIdentity checkpointed, FileIdentity current) => directory.StatusOf(name) switch
    {
        { Kind: FileKind.Link } when IdentityOf(name) is var linked && linked != checkpointed && linked != current =>
            $"{directory.PathOf(name)} is a link to another file than the one that the process wrote, so its records are not written there",
        { Kind: FileKind.Other or FileKind.Device or FileKind.Directory } => $"{directory.PathOf(name)} is not a file, so its records are not written there",
        _ => null,
    };

    private FileIdentity IdentityOf(string name) => StatusOf(name)?.Identity ?? FileIdentity.None;

    // The process was killed in the middle of a rotation. Noted, so that a later recovery finds the same.
    private void FinishRotation(int number, string name, ref FileChanges changes)
    {
        if (changes.RotationsBegun != changes.RotationsEnded + 1)
        {
            return;
        }

        if (IdentityOf(name) == changes.Current)
        {
            RotatedFiles.FinishRotation(directory.PathOf(name));
        }

        changes.RotationsEnded = changes.RotationsBegun;
        image.NoteChanges(number, changes);
    }

    private static string NameOf(string name, int rotation) => rotation == 0 ? name : RotatedFiles.NameOf(name, rotation);

    // What the process itself did to the file.
    private Since SinceCheckpoint(string name, CheckpointedFile state, FileChanges changes)
    {
        uint done = changes.RotationsEnded;
        if (changes.RotationsBegun == done + 1)
        {
            // Killed in the middle of a rotation: was the file moved already?
            done += IdentityOf(name) == changes.Current ? 0U : 1U;
        }

        // An impossible number is damage; each rotation is searched for below, so a large number must not be trusted.
        int rotations = changes.RotationsBegun - changes.RotationsEnded > 1 || done < state.Rotations || done - state.Rotations > int.MaxValue / 2 ? -1 : (int)(done - state.Rotations);
        bool isReplaced = changes.Replacements != state.Replacements && changes.ReplacedAtRotation == state.Rotations && changes.ReplacedAtLength >= 0;
        // The checkpointed file was moved or deleted from outside and recreated: the new one counts.
        return isReplaced
            ? new Since(changes.ReplacedAtLength, changes.Replacement, default, rotations, changes.WrittenTo, changes.Current)
            : new Since(state.Length, state.Identity, state.Tail, rotations, changes.WrittenTo, changes.Current);
    }

    // Whether another program may have written to the file: it is longer than it was at any time, or a whole line ends it although the last write, of the process or of a recovery, was not finished.
    private bool IsAppendedTo(string name, CheckpointedFile state, FileChanges changes) =>
        StatusOf(name) is { } found
        && (found.Identity == changes.Current || changes.Current == FileIdentity.None)
        && found.Length != changes.WrittenTo
        && found.Length > (found.Identity == state.Identity ? state.Length : 0)
        && (found.Length > changes.WrittenTo || FileEnd.IsEndOfLine(directory.PathOf(name), found.Length));

    // Whether the checkpointed file, and all newer ones, are as the process left them.
    private bool IsAsLeft(string name, Since since)
    {
        FileStatus? newest = StatusOf(name);
        if (since.Rotations == 0)
        {
            return newest is { } status && status.Identity == since.Identity && status.Length <= since.WrittenTo;
        }

        // The process may have been killed before it opened the next file; a later recovery created that.
        if (newest is { } newer && ((newer.Identity != since.Newest && since.Newest != FileIdentity.None) || newer.Length > since.WrittenTo))
        {
            return false;
        }

        if (NamesSince(name, since) is not { } names)
        {
            return false;
        }

        foreach (string younger in names[1..^1])
        {
            // Unless an earlier recovery has deleted it.
            if (since.Newest != FileIdentity.None && StatusOf(younger) is null)
            {
                return false;
            }
        }

        // The checkpointed file may have been deleted because of its age.
        return StatusOf(names[^1]) is not { } checkpointed || checkpointed.Identity == since.Identity;
    }

    // The names of the checkpointed file and of the newer ones, the newest first. Where files keep their names, the numbers are counted from the checkpointed file on, because an earlier recovery may
    // have deleted newer ones; null if it is gone.
    private string[]? NamesSince(string name, Since since)
    {
        int first = 1;
        if (since.Rotations > 0 && RotatedFiles.NumbersOf(directory.PathOf(name)) is { Length: > 0 } numbers && RotatedFiles.IsKept(numbers[0]))
        {
            int checkpointed = Array.Find(numbers, number => StatusOf(NameOf(name, number))?.Identity == since.Identity);
            if (checkpointed == 0)
            {
                return null;
            }

            first = checkpointed - since.Rotations + 1;
        }

        return [name, .. Enumerable.Range(first, since.Rotations).Select(number => NameOf(name, number))];
    }

    // Everything that was written after the checkpoint, the oldest first, whether or not the checkpointed file is still there. A long run has thousands of
    // rotated files; those that were not written to since are not opened.
    private List<WrittenPart> FindParts(string name, Since since)
    {
        int[] numbers = NumbersSince(name, image.CheckpointTime - ClockTolerance);
        int checkpointed = Array.FindIndex(numbers, number => StatusOf(NameOf(name, number))?.Identity == since.Identity);
        if (checkpointed < 0)
        {
            checkpointed = Array.FindIndex(numbers, number => HasTail(NameOf(name, number), since));
        }

        // Indexes in the list from here on, because numbers may have gaps.
        int count = checkpointed < 0 ? numbers.Length : checkpointed + 1;
        return [.. Enumerable.Range(0, count).Reverse().Select(place => new WrittenPart(NameOf(name, numbers[place]), place == checkpointed ? since.Length : 0))];
    }

    // The file, as number 0, and those rotated out of it that were written since a time, the youngest first.
    private int[] NumbersSince(string name, DateTime time) =>
        [.. RotatedFiles.NumbersOf(directory.PathOf(name)).Prepend(0).Where(number => WrittenAt(NameOf(name, number)) >= time)];

    private DateTime WrittenAt(string name)
    {
        string path = directory.PathOf(name);
        return BackupEncoding.Extensions.Max(extension => File.GetLastWriteTimeUtc(path + extension));
    }

    // It was copied or compressed.
    private bool HasTail(string name, Since since)
    {
        using Stream? content = LogFileContent.TryOpenRotated(directory, name);
        return content is not null && LogFileContent.EndsWith(content, since.Length, since.Tail);
    }

    private bool IsReduced(string name)
    {
        using Stream? content = LogFileContent.TryOpen(directory, name + BackupEncoding.GzipExtension);
        return content is not null && ReducedFile.Is(content);
    }

    // A link counts as its target.
    private FileStatus? StatusOf(string name)
    {
        FileStatus? status = directory.StatusOf(name);
        if (status is not { Kind: FileKind.Link })
        {
            return status;
        }

        try
        {
            using SafeFileHandle file = directory.OpenFile(name, FileAccess.Read, followLink: true);
            return FileSystem.StatusOf(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return status;
        }
    }

    private void CutTo(string name, FileIdentity identity, long length)
    {
        if (StatusOf(name) is not { } status || status.Identity != identity || status.Length <= length)
        {
            return;
        }

        using SafeFileHandle file = directory.OpenFile(name, FileAccess.Write, followLink: true);
        if (FileSystem.StatusOf(file) is var opened && opened.Identity == identity && opened.Length > length)
        {
            RandomAccess.SetLength(file, length);
        }
    }

    /// <summary>What is between a checkpoint and the end of the process.</summary>
    /// <param name="Length">The bytes of the checkpointed file.</param>
    /// <param name="Identity">Its identity.</param>
    /// <param name="Tail">Its last bytes.</param>
    /// <param name="Rotations">How many files are newer; negative if that is damaged.</param>
    /// <param name="WrittenTo">The bytes of the newest, at most.</param>
    /// <param name="Newest">Its identity.</param>
    private readonly record struct Since(long Length, FileIdentity Identity, FileTail Tail, int Rotations, long WrittenTo, FileIdentity Newest);
}
