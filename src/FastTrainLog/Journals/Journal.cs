using System.IO.MemoryMappedFiles;
using System.Text;
using FastTrainLog.Platform;
using FastTrainLog.Files;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Journals;

/// <summary>The mapped file that contains a pipeline's pages, so that committed records outlive the process.</summary>
/// <remarks>
/// Invariant: what is consumed according to the last complete checkpoint is in the files, up to the lengths in it; everything after
/// that is in the pages. The file is locked as long as its process lives, and deleted by a clean shutdown. Written by the
/// backend's thread, except for descriptions, which the thread that creates a logger or a call site adds under a lock.
/// </remarks>
internal sealed unsafe class Journal : PageStore
{
    /// <summary>The number for no run.</summary>
    public const int NoRun = -1;

    private readonly JournalLayout _layout;
    private readonly OpenDirectory _folder;
    private readonly string _name;
    private readonly LockedFile _file;
    private readonly FileIdentity _identity;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly Lock _describing = new();
    private readonly byte[] _slot;
    private readonly DropRows _drops;
    private int _described;
    private ulong _checkpoints;
    private int _descriptionsLost;
    private string? _told;

    private Journal(OpenDirectory folder, string name, LockedFile file, JournalLayout layout)
    {
        _folder = folder;
        _name = name;
        _file = file;
        _identity = FileSystem.StatusOf(file.Handle).Identity;
        _layout = layout;
        _slot = new byte[layout.SlotBytes];
        _map = MemoryMappedFile.CreateFromFile(file.Handle, null, layout.TotalBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, layout.TotalBytes);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        MappingGuard.TryAdd(_start, layout.TotalBytes);
        _drops = new DropRows((DropRows.Row*)(_start + layout.DropsAt));
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path => _folder.PathOf(_name);

    public override bool OutlivesProcess => true;

    public override byte* Pages => _start + _layout.PagesStart;

    /// <summary>Creates the journal of a new log.</summary>
    /// <exception cref="IOException">There is no space for it, or no safe place.</exception>
    public static Journal Create(JournalOwner owner, int pages, TickConverter clock)
    {
        using JournalFolders folders = JournalFolders.Open(owner.LogDirectory, mayMake: true);
        var layout = new JournalLayout(pages, owner.Files);
        List<string> refusals = [.. folders.Refusals];
        using OpenDirectory logs = OpenDirectory.Open(owner.LogDirectory);
        var header = new JournalHeader(
            layout, Environment.ProcessId, owner.Log, owner.Directory, logs.Status.Identity, logs.Path, owner.Number, owner.HasSymbols, owner.HasTemplates, owner.Scrubbed is not null, Machine.This);
        foreach (OpenDirectory folder in folders.Folders)
        {
            if (folder.IsRemote)
            {
                refusals.Add($"{folder.Path} is on a file system from which memory cannot be mapped safely");
                continue;
            }

            try
            {
                return Create(folder, header, clock, owner.Scrubbed);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                refusals.Add(exception.Message);
            }
        }

        throw new IOException(string.Join("; ", refusals));
    }

    private static Journal Create(OpenDirectory folder, JournalHeader header, TickConverter clock, ScrubRules? scrubbed)
    {
        string name = JournalName.Next(header.Directory);
        LockedFile file = folder.CreateLocked(name);
        OpenDirectory? own = null;
        try
        {
            // Its space is allocated now: a full file system must be detected here, not by a signal in the middle of a log call.
            FileSystem.Allocate(file.Handle, header.Layout.TotalBytes, folder.PathOf(name));
            own = OpenDirectory.Open(folder.Path);
            var journal = new Journal(own, name, file, header.Layout);
            if (scrubbed is not null)
            {
                journal.AddScrubbing(scrubbed);
            }

            // Last: a file without a header counts as never begun.
            header.ToBytes(clock).CopyTo(new Span<byte>(journal._start, JournalLayout.HeaderBytes));
            return journal;
        }
        catch
        {
            own?.Dispose();
            file.Dispose();
            folder.Delete(name);
            throw;
        }
    }

    public override void AddLogger(int id, string category, RunContext? run) => Describe(DescriptionKind.Logger, writer =>
    {
        writer.Write(id);
        writer.Write(category);
        writer.Write(run?.Number ?? NoRun);
    });

    public override void AddRun(RunContext run) => Describe(DescriptionKind.Run, writer =>
    {
        writer.Write(run.Number);
        writer.Write(run.Id);
        writer.Write(run.Rank);
        writer.Write(run.WorldSize);
        writer.Write(run.StartTicks);
    });

    public override void AddRunEnd(RunContext run) => Describe(DescriptionKind.RunEnd, writer =>
    {
        writer.Write(run.Number);
        writer.Write(run.EndTicks);
    });

    /// <summary>Describes a file, and returns where what happens to it is noted.</summary>
    public FileHistory AddFile(int number, LogFileDescription file)
    {
        Describe(DescriptionKind.File, writer => Write(writer, number, file));
        return new MappedHistory((FileChanges*)(_start + _layout.ChangesAt(number)));
    }

    private static void Write(BinaryWriter writer, int number, LogFileDescription file)
    {
        writer.Write(number);
        writer.Write(file.Path);
        writer.Write(file.Name);
        writer.Write(file.IsJson);
        writer.Write((byte)file.Content);
        writer.Write(file.Categories.Count);
        foreach (string category in file.Categories)
        {
            writer.Write(category);
        }
    }

    private void AddScrubbing(ScrubRules rules) => Describe(DescriptionKind.Scrubbing, writer =>
    {
        writer.Write(rules.KnownForms ? 1 : 0);
        writer.Write(rules.Pattern);
    });

    public override void AddCallSite(CallSite site) => Describe(DescriptionKind.CallSite, writer =>
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
            writer.Write(argument.EnumNames is not null);
            if (argument.EnumNames is { } names)
            {
                writer.Write(names.IsFlags);
                writer.Write(names.IsSigned);
                writer.Write(names.Size);
                writer.Write(names.Names.Length);
                for (int i = 0; i < names.Names.Length; i++)
                {
                    writer.Write(names.Names[i]);
                    writer.Write(names.Values[i]);
                }
            }
        }
    });

    public override long* DropCountAt(int logger, string category, LogLevel level) => _drops.Add(logger, category, level);

    /// <summary>Notes that a report of dropped records was passed to the files.</summary>
    public void TellDrops(long count, string category, LogLevel level) => _drops.Tell(count, category, level);

    /// <summary>Begins the next checkpoint.</summary>
    public CheckpointWriter BeginCheckpoint() => new(_slot);

    /// <summary>Makes a checkpoint the valid one.</summary>
    public void Commit(in CheckpointWriter checkpoint, TickConverter clock)
    {
        ReadOnlySpan<byte> content = checkpoint.Finish(++_checkpoints, clock);
        // Written to the slot that is not valid: a crash in the middle of this leaves the other slot.
        int slot = (int)(_checkpoints & 1);
        _drops.Save(slot);
        content.CopyTo(new Span<byte>(_start + _layout.SlotAt(slot), content.Length));
    }

    /// <summary>Returns what has happened to the journal, where that was not reported before: it was deleted, moved or truncated, or is full.</summary>
    public string? TakeTrouble()
    {
        string? trouble = FindTrouble();
        if (trouble == _told)
        {
            return null;
        }

        _told = trouble ?? _told;
        return trouble;
    }

    /// <summary>Releases the lock on the file, and deletes the file if its content is completely written; else the next start recovers it.</summary>
    public override void End(bool isWritten)
    {
        if (isWritten && IsInPlace())
        {
            _folder.Delete(_name);
        }

        _map.Dispose();
        _file.Dispose();
        _folder.Dispose();
    }

    public override void Free()
    {
        MappingGuard.Remove(_start);
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
    }

    private bool IsInPlace() => _folder.StatusOf(_name)?.Identity == _identity;

    private string? FindTrouble()
    {
        if (!IsInPlace())
        {
            return "somebody deleted or moved it; a kill of this process now loses what is not written yet";
        }

        if (FileSystem.StatusOf(_file.Handle).Length < _layout.TotalBytes)
        {
            return "somebody truncated it; a kill of this process now loses what is not written yet, and records that were in it may be lost";
        }

        int lost = Volatile.Read(ref _descriptionsLost);
        return lost > 0
            ? "it has no space for the descriptions of further loggers, runs and call sites; a kill of this process loses those of their records that are not written yet"
            : null;
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
                _descriptionsLost++;
                return;
            }

            byte* at = _start + _layout.DescriptionsAt + _described;
            bytes.CopyTo(new Span<byte>(at + Prefix, bytes.Length));
            *(uint*)(at + sizeof(uint)) = Crc32C.Of(bytes);
            // Its length makes it valid, so that is written last.
            Volatile.Write(ref *(uint*)at, (uint)bytes.Length);
            _described = next;
        }
    }
}
