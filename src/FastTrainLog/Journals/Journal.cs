using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using System.Text;
using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Journals;

/// <summary>The mapped file that a pipeline's pages are part of, so that committed records outlive the process.</summary>
/// <remarks>
/// Invariant: what the last whole checkpoint says was consumed is in the files, up to the lengths that it says; everything behind
/// that is in the pages. The file is locked as long as its process lives, and deleted by a clean shutdown. Written by the
/// backend's thread, but for descriptions, which whoever makes a logger or a call site adds under a lock.
/// </remarks>
internal sealed unsafe class Journal
{
    /// <summary>The number of no run.</summary>
    public const int NoRun = -1;

    /// <summary>How the names of all journals begin.</summary>
    public const string AnyPrefix = ".fasttrainlog-";

    private static int Created;

    private readonly JournalLayout _layout;
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly Lock _describing = new();
    private readonly byte[] _slot;
    private int _described;
    private ulong _checkpoints;

    private Journal(string path, SafeFileHandle file, JournalLayout layout)
    {
        _path = path;
        _file = file;
        _layout = layout;
        _slot = new byte[layout.SlotBytes];
        _map = MemoryMappedFile.CreateFromFile(file, null, layout.TotalBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, layout.TotalBytes);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <summary>Gets the memory of the pages.</summary>
    public byte* Pages => _start + _layout.PagesStart;

    /// <summary>Gets the number of descriptions that found no room; their records cannot be recovered.</summary>
    public int DescriptionsLost { get; private set; }

    /// <summary>Returns the folder that journals of a log directory live in: memory-backed where the system has such a one.</summary>
    public static string FolderOf(string logDirectory) => Directory.Exists("/dev/shm") ? "/dev/shm" : logDirectory;

    /// <summary>Returns how the names of a log directory's journals begin; <c>logs</c> and <c>logs/</c> are one directory.</summary>
    public static string PrefixOf(string logDirectory)
    {
        byte[] path = Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(Path.GetFullPath(logDirectory)));
        return $"{AnyPrefix}{Convert.ToHexStringLower(SHA256.HashData(path))[..16]}-";
    }

    /// <summary>Makes the journal of a new log.</summary>
    /// <exception cref="IOException">There is no room for it.</exception>
    public static Journal Create(string logDirectory, int pages, TickConverter clock)
    {
        var layout = new JournalLayout(pages);
        string name = $"{PrefixOf(logDirectory)}{Environment.ProcessId}-{Interlocked.Increment(ref Created)}.journal";
        string path = Path.Combine(FolderOf(logDirectory), name);
        // Its room is allocated now: a full file system must show here, not as a signal in the middle of a log call.
        SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.None, layout.TotalBytes);
        try
        {
            RandomAccess.SetLength(file, layout.TotalBytes);
            var journal = new Journal(path, file, layout);
            journal.WriteHeader(Path.GetFullPath(logDirectory), clock);
            return journal;
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public void AddLogger(int id, string category, RunContext? run) => Describe(DescriptionKind.Logger, writer =>
    {
        writer.Write(id);
        writer.Write(category);
        writer.Write(run?.Number ?? NoRun);
    });

    public void AddRun(RunContext run) => Describe(DescriptionKind.Run, writer =>
    {
        writer.Write(run.Number);
        writer.Write(run.Id);
        writer.Write(run.Rank);
        writer.Write(run.WorldSize);
        writer.Write(run.StartTicks);
    });

    public void AddRunEnd(RunContext run) => Describe(DescriptionKind.RunEnd, writer =>
    {
        writer.Write(run.Number);
        writer.Write(run.EndTicks);
    });

    public void AddFile(int number, string path) => Describe(DescriptionKind.File, writer =>
    {
        writer.Write(number);
        writer.Write(Path.GetFullPath(path));
    });

    public void AddCallSite(CallSite site) => Describe(DescriptionKind.CallSite, writer =>
    {
        writer.Write(site.Id);
        writer.Write((int)site.Level);
        writer.Write(site.EventId.Id);
        writer.Write(site.EventId.Name ?? string.Empty);
        writer.Write(site.MessageTemplate);
        writer.Write(site.IsFormatted);
        writer.Write(site.Arguments.Length);
        foreach (CallSiteArgument argument in site.Arguments)
        {
            writer.Write(argument.Name);
            writer.Write((byte)argument.Kind);
            writer.Write(argument.IsNullable);
            writer.Write(argument.EnumNames?.Names.Length ?? -1);
            if (argument.EnumNames is { } names)
            {
                writer.Write(names.IsFlags);
                writer.Write(names.IsSigned);
                writer.Write(names.Size);
                for (int i = 0; i < names.Names.Length; i++)
                {
                    writer.Write(names.Names[i]);
                    writer.Write(names.Values[i]);
                }
            }
        }
    });

    /// <summary>Says that a file is about to be rotated for the n-th time.</summary>
    public void BeginRotation(int file, uint rotation) => Volatile.Write(ref Changes(file)->RotationsBegun, rotation);

    /// <summary>Says that a file was rotated for the n-th time.</summary>
    public void EndRotation(int file, uint rotation) => Volatile.Write(ref Changes(file)->RotationsEnded, rotation);

    /// <summary>Says that a file was made anew for the n-th time, since something else was found in its place.</summary>
    /// <param name="file">The file's number.</param>
    /// <param name="replacement">How often that was.</param>
    /// <param name="rotations">How often the file was rotated before.</param>
    /// <param name="length">The bytes that the new file holds already.</param>
    public void NoteReplacement(int file, uint replacement, uint rotations, long length)
    {
        FileChanges* changes = Changes(file);
        changes->ReplacedAtRotation = rotations;
        changes->ReplacedAtLength = length;
        Volatile.Write(ref changes->Replacements, replacement);
    }

    /// <summary>Begins the next checkpoint.</summary>
    public CheckpointWriter BeginCheckpoint() => new(_slot);

    /// <summary>Makes a checkpoint the valid one.</summary>
    public void Commit(in CheckpointWriter checkpoint, TickConverter clock)
    {
        ReadOnlySpan<byte> content = checkpoint.Finish(++_checkpoints, clock);
        // The slot that is not the valid one: a crash in the middle of this leaves the other.
        content.CopyTo(new Span<byte>(_start + _layout.SlotAt((int)(_checkpoints & 1)), content.Length));
    }

    /// <summary>Deletes the file; the memory stays as long as threads may write it.</summary>
    public void Delete()
    {
        File.Delete(_path);
        Close();
    }

    /// <summary>Leaves the file for the next start to recover, and gives up the lock on it.</summary>
    public void Close() => _file.Dispose();

    /// <summary>Unmaps the memory; only <see cref="PagePool"/> knows, in its finalizer, when no thread can write it any more.</summary>
    public void Unmap() => _view.SafeMemoryMappedViewHandle.ReleasePointer();

    private FileChanges* Changes(int file) => (FileChanges*)(_start + _layout.FileChangesAt + (file * JournalLayout.FileChangesBytes));

    private void WriteHeader(string logDirectory, TickConverter clock)
    {
        var header = new Span<byte>(_start, JournalLayout.HeaderBytes);
        BitConverter.TryWriteBytes(header[JournalLayout.VersionAt..], JournalLayout.Version);
        BitConverter.TryWriteBytes(header[JournalLayout.PagesAt..], _layout.Pages);
        BitConverter.TryWriteBytes(header[JournalLayout.ProcessAt..], Environment.ProcessId);
        BitConverter.TryWriteBytes(header[JournalLayout.CreatedAt..], DateTime.UtcNow.Ticks);
        clock.Save(header[JournalLayout.ClockAt..]);
        byte[] directory = Encoding.UTF8.GetBytes(logDirectory);
        int length = Math.Min(directory.Length, JournalLayout.MaxDirectoryBytes);
        BitConverter.TryWriteBytes(header[JournalLayout.DirectoryAt..], length);
        directory.AsSpan(0, length).CopyTo(header[(JournalLayout.DirectoryAt + sizeof(int))..]);
        BitConverter.TryWriteBytes(header, JournalLayout.Magic);
        BitConverter.TryWriteBytes(header[JournalLayout.HeaderCheckAt..], JournalLayout.Check(header[..JournalLayout.HeaderCheckAt]));
    }

    private void Describe(DescriptionKind kind, Action<BinaryWriter> write)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((byte)kind);
            write(writer);
        }

        ReadOnlySpan<byte> bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        lock (_describing)
        {
            const int Prefix = 2 * sizeof(uint);
            int next = _described + ((Prefix + bytes.Length + 7) & ~7);
            if (next + Prefix > JournalLayout.DescriptionBytes)
            {
                DescriptionsLost++;
                return;
            }

            byte* at = _start + _layout.DescriptionsAt + _described;
            bytes.CopyTo(new Span<byte>(at + Prefix, bytes.Length));
            *(uint*)(at + sizeof(uint)) = JournalLayout.Check(bytes);
            // Its length makes it count, so that comes last.
            Volatile.Write(ref *(uint*)at, (uint)bytes.Length);
            _described = next;
        }
    }
}
