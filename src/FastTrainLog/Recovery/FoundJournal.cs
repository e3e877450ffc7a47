using FastTrainLog.Files;
using FastTrainLog.Journals;
using FastTrainLog.Sinks;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Recovery;

/// <summary>A journal that no running process uses, and its problems.</summary>
/// <remarks>
/// It is checked before it is opened, and again when it is open and locked: only a file that this user owns, with one name, inaccessible to others, and
/// of a valid size for a journal, is read. Journals of other users are ignored.
/// </remarks>
internal sealed class FoundJournal : IDisposable
{
    private static readonly long MostBytes = new JournalLayout(JournalLayout.MostPages, JournalLayout.MostFiles).TotalBytes;

    private readonly LockedFile? _file;

    private FoundJournal(OpenDirectory folder, string name, LockedFile? file, JournalImage? image, string? problem)
    {
        Folder = folder;
        Name = name;
        _file = file;
        Image = image;
        Problem = problem;
    }

    /// <summary>Gets the folder that it is in.</summary>
    public OpenDirectory Folder { get; }

    /// <summary>Gets its name there.</summary>
    public string Name { get; }

    /// <summary>Gets its path.</summary>
    public string Path => Folder.PathOf(Name);

    /// <summary>Gets its size in bytes; 0 if it cannot be opened.</summary>
    public long Length => _file is null ? 0 : RandomAccess.GetLength(_file.Handle);

    /// <summary>Gets its content; null if it cannot be read, or is empty.</summary>
    public JournalImage? Image { get; }

    /// <summary>Gets why it cannot be read.</summary>
    public string? Problem { get; }

    /// <summary>Gets whether its process was killed before it had a header: it is empty.</summary>
    public bool WasNeverBegun => Image is null && Problem is null;

    /// <summary>Opens a journal; null if its process is running, if it belongs to another user, or if it is gone.</summary>
    public static FoundJournal? TryOpen(OpenDirectory folder, string name)
    {
        LockedFile? file = null;
        try
        {
            if (folder.StatusOf(name) is not { } status || status.Owner != FileSystem.User)
            {
                return null;
            }

            if (Refusal(status) is { } refusal)
            {
                return new FoundJournal(folder, name, null, null, $"{folder.PathOf(name)} {refusal}");
            }

            file = folder.TryOpenLocked(name);
            if (file is null || FileSystem.StatusOf(file.Handle) is { Links: 0 })
            {
                file?.Dispose();
                return null;
            }

            return Read(folder, name, file);
        }
        catch (FileNotFoundException)
        {
            file?.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return new FoundJournal(folder, name, null, null, exception.Message);
        }
    }

    /// <summary>Reads the header of a journal, also that of a running process, without a lock: a lock would make a start believe that its process is running. Null if that cannot be determined.</summary>
    public static JournalHeader? Peek(OpenDirectory folder, string name)
    {
        try
        {
            if (folder.StatusOf(name) is not { Kind: FileKind.Regular } status || status.Owner != FileSystem.User)
            {
                return null;
            }

            using SafeFileHandle file = folder.OpenFile(name, FileAccess.Read);
            byte[] header = new byte[JournalLayout.HeaderBytes];
            int read = RandomAccess.Read(file, header, 0);
            return JournalHeader.Read(header.AsSpan(0, read), folder.PathOf(name), out _);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns whether it is a journal of a log directory, and not of a copy of it.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="mark">Its number.</param>
    public bool IsOf(OpenDirectory directory, Guid mark)
    {
        if (Image is not { Header: { } header })
        {
            return true;
        }

        FileIdentity own = directory.Status.Identity;
        if (header.Directory != mark || header.DirectoryFile == own)
        {
            return header.Directory == mark;
        }

        // Another directory with the same number: this one was moved to another disk, or one of the two is a copy of the other.
        try
        {
            using OpenDirectory named = OpenDirectory.Open(header.Path);
            return named.Status.Identity == own || LogDirectoryMark.TryRead(named) != mark;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Deletes it.</summary>
    public void Delete() => Folder.Delete(Name);

    /// <summary>Renames it so that no start finds it.</summary>
    /// <returns>Its path from here on.</returns>
    public string SetAside()
    {
        string aside = Name + JournalName.AsideExtension;
        Folder.Rename(Name, aside);
        return Folder.PathOf(aside);
    }

    public void Dispose()
    {
        Image?.Dispose();
        _file?.Dispose();
    }

    private static FoundJournal Read(OpenDirectory folder, string name, LockedFile file)
    {
        // The file that was checked by its name may have been another one.
        FileStatus status = FileSystem.StatusOf(file.Handle);
        string? refusal = status.Owner != FileSystem.User ? "belongs to another user" : Refusal(status);
        if (refusal is not null)
        {
            file.Dispose();
            return new FoundJournal(folder, name, null, null, $"{folder.PathOf(name)} {refusal}");
        }

        Span<byte> first = stackalloc byte[sizeof(ulong)];
        bool wasBegun = RandomAccess.Read(file.Handle, first, 0) == first.Length && first.ContainsAnyExcept((byte)0);
        return new FoundJournal(folder, name, file, wasBegun ? JournalImage.Read(folder.PathOf(name), file.Handle) : null, null);
    }

    private static string? Refusal(FileStatus status) =>
        status.Kind != FileKind.Regular ? "is not a file"
        : !status.IsPrivate ? "may be read or written by other users, so that its content may be theirs"
        : status.Links > 1 ? $"has {status.Links} names, so that its content may be another user's"
        : status.Length > MostBytes ? $"has {status.Length} bytes, more than a journal can have"
        : null;
}
