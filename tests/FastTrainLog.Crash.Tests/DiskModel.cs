namespace FastTrainLog.Crash.Tests;

/// <summary>What a disk may hold of a directory after a loss of power.</summary>
/// <remarks>
/// What was synced is there. Of the rest, any 4 KiB of any write may be there or not: where a later part of a file is there, what is missing before it is zeros. The
/// names in the directory are those of some moment since its last sync: ext4, XFS and Btrfs keep the order of such changes.
/// </remarks>
/// <param name="directory">The directory; what is below its own directories is left out.</param>
internal sealed class DiskModel(string directory)
{
    private const int BlockBytes = 4096;

    // What the system adds to the path of an open file whose name is gone.
    private const string Deleted = " (deleted)";

    private readonly Dictionary<string, StoredFile> _names = [];
    private readonly Dictionary<ulong, StoredFile> _latest = [];
    private readonly List<Dictionary<string, StoredFile>> _namesSinceSync = [[]];

    /// <summary>Applies the next change.</summary>
    public void Apply(DiskChange change)
    {
        if (change.Kind == DiskChangeKind.Sync && change.Path == directory)
        {
            _namesSinceSync.Clear();
            _namesSinceSync.Add(new(_names));
            return;
        }

        if (Path.GetDirectoryName(change.Path) != directory)
        {
            return;
        }

        switch (change.Kind)
        {
            case DiskChangeKind.Create:
                SetName(change.Path, new StoredFile(change.Inode));
                break;
            case DiskChangeKind.Rename:
                if (_names.Remove(change.Path, out StoredFile? moved))
                {
                    SetName(change.To, moved);
                }

                break;
            case DiskChangeKind.Unlink:
                _names.Remove(change.Path);
                _namesSinceSync.Add(new(_names));
                break;
            default:
                if (change.Path.EndsWith(Deleted, StringComparison.Ordinal))
                {
                    // Its name may still be on the disk.
                    _latest.GetValueOrDefault(change.Inode)?.Apply(change);
                    break;
                }

                if (_names.GetValueOrDefault(change.Path)?.Inode != change.Inode)
                {
                    // Made by a call that is not recorded.
                    SetName(change.Path, new StoredFile(change.Inode));
                }

                _names[change.Path].Apply(change);
                break;
        }
    }

    /// <summary>Returns the files, by their names.</summary>
    /// <param name="random">Decides what of the unsynced is there; null for nothing of it.</param>
    public Dictionary<string, byte[]> AfterLossOfPower(Random? random) =>
        _namesSinceSync[random?.Next(_namesSinceSync.Count) ?? 0].ToDictionary(entry => Path.GetFileName(entry.Key), entry => entry.Value.AfterLossOfPower(random));

    private void SetName(string path, StoredFile file)
    {
        _names[path] = file;
        _latest[file.Inode] = file;
        _namesSinceSync.Add(new(_names));
    }

    /// <summary>A file: what is on the disk, and what was done to it since its last sync.</summary>
    private sealed class StoredFile(ulong inode)
    {
        private readonly List<DiskChange> _since = [];
        private byte[] _synced = [];

        // Numbers are used again: a file of the same number that has gone is another one.
        public ulong Inode => inode;

        public void Apply(DiskChange change)
        {
            if (change.Kind != DiskChangeKind.Sync)
            {
                _since.Add(change);
                return;
            }

            _since.ForEach(done => Do(ref _synced, done));
            _since.Clear();
        }

        public byte[] AfterLossOfPower(Random? random)
        {
            byte[] content = [.. _synced];
            if (random is null)
            {
                return content;
            }

            foreach (DiskChange change in _since)
            {
                if (change.Kind == DiskChangeKind.Truncate)
                {
                    if (random.Next(2) == 0)
                    {
                        Do(ref content, change);
                    }

                    continue;
                }

                for (int at = 0; at < change.Bytes.Length; at += BlockBytes)
                {
                    if (random.Next(4) > 0)
                    {
                        Do(ref content, change with { At = change.At + at, Bytes = change.Bytes[at..Math.Min(at + BlockBytes, change.Bytes.Length)] });
                    }
                }
            }

            return content;
        }

        private static void Do(ref byte[] content, DiskChange change)
        {
            if (change.Kind == DiskChangeKind.Truncate)
            {
                Array.Resize(ref content, (int)change.At);
                return;
            }

            if (content.Length < change.At + change.Bytes.Length)
            {
                Array.Resize(ref content, (int)(change.At + change.Bytes.Length));
            }

            change.Bytes.CopyTo(content, change.At);
        }
    }
}
