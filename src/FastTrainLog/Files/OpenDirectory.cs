using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Files;

/// <summary>A directory that is open, so that all that is done to its files is done in this one, even if its path changes.</summary>
/// <remarks>Files are opened without following a link and without waiting. Names contain no path: none leads out of the directory.</remarks>
internal sealed class OpenDirectory : IDisposable
{
    private readonly SafeFileHandle? _handle;

    private OpenDirectory(string path, SafeFileHandle? handle)
    {
        Path = path;
        _handle = handle;
    }

    /// <summary>Gets the full path by which it was opened.</summary>
    public string Path { get; }

    /// <summary>Gets its status.</summary>
    public FileStatus Status => _handle is null
        ? new FileStatus(FileKind.Directory, 0, UnixFileMode.None, 1, 0, FileIdentity.None)
        : FileSystem.StatusOf(_handle);

    /// <summary>Gets whether its files are in memory.</summary>
    public bool IsInMemory => _handle is not null && FileSystem.IsInMemory(_handle);

    /// <summary>Gets whether its files are on another machine or are served by another process.</summary>
    public bool IsRemote => _handle is not null && FileSystem.IsRemote(_handle);

    /// <summary>Opens a directory.</summary>
    /// <exception cref="IOException">There is none, or it cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static OpenDirectory Open(string path, bool followLink = true)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (OperatingSystem.IsLinux())
        {
            return new OpenDirectory(path, FileSystem.OpenDirectory(path, followLink));
        }

        return Directory.Exists(path) ? new OpenDirectory(path, null) : throw new DirectoryNotFoundException($"There is no directory '{path}'.");
    }

    /// <summary>Opens a directory that the user owns, without following a link.</summary>
    /// <param name="path">Its path; the directory that it is in must exist.</param>
    /// <param name="mayMake">Whether it is made if it is missing.</param>
    /// <param name="refusal">Why it is not used: it is another user's, or open to others.</param>
    public static OpenDirectory? TryOpenPrivate(string path, bool mayMake, out string refusal)
    {
        refusal = string.Empty;
        try
        {
            if (mayMake)
            {
                FileSystem.CreateDirectory(path);
            }

            OpenDirectory directory = Open(path, followLink: false);
            if (directory.Status.IsPrivate)
            {
                return directory;
            }

            refusal = directory.Status.Owner == FileSystem.User ? $"{path} is open to other users: chmod 700 it" : $"{path} belongs to another user";
            directory.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            refusal = exception.Message;
        }

        return null;
    }

    /// <summary>Returns whether a text is a file name without a path.</summary>
    public static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 255 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0 && System.IO.Path.GetFileName(name.AsSpan()).Length == name.Length;

    /// <summary>Returns the path of a file in it.</summary>
    public string PathOf(string name) =>
        IsPlainName(name) ? System.IO.Path.Combine(Path, name) : throw NoName(name);

    /// <summary>Returns the names of its files that have a prefix.</summary>
    public List<string> Names(string prefix, string extension) =>
        [.. Directory.EnumerateFileSystemEntries(Path).Select(path => System.IO.Path.GetFileName(path))
            .Where(name => name.Length >= prefix.Length + extension.Length && name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(extension, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    /// <summary>Gets what is under a name, for a link the link itself; null if nothing is.</summary>
    public FileStatus? StatusOf(string name)
    {
        if (_handle is not null)
        {
            // The backend calls this often; it creates no string.
            return FileSystem.StatusOf(_handle, IsPlainName(name) ? name : throw NoName(name), Path);
        }

        string path = PathOf(name);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return Directory.Exists(path) ? new FileStatus(FileKind.Directory, 0, UnixFileMode.None, 1, 0, FileIdentity.None) : null;
        }

        FileKind kind = (file.Attributes & FileAttributes.ReparsePoint) != 0 ? FileKind.Link : FileKind.Regular;
        return FileSystem.Known(file.Length, file.CreationTimeUtc, kind);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="access">What is done with it.</param>
    /// <param name="followLink">Whether it may be a link to one, in any directory: its identity must be checked then.</param>
    /// <exception cref="IOException">There is none, or what is there is no file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public SafeFileHandle OpenFile(string name, FileAccess access, bool followLink = false)
    {
        string path = PathOf(name);
        SafeFileHandle file = _handle is not null
            ? FileSystem.OpenFile(_handle, name, access, followLink, path)
            : !followLink && StatusOf(name) is { Kind: FileKind.Link }
                ? throw new IOException($"{path} is a link.")
                : File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        if (FileSystem.StatusOf(file).Kind == FileKind.Regular)
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"{path} is no file.");
    }

    /// <summary>Opens a file and locks it; null if somebody has it locked.</summary>
    /// <exception cref="IOException">There is none, or what is there is no file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public LockedFile? TryOpenLocked(string name)
    {
        if (_handle is null)
        {
            try
            {
                return StatusOf(name) is { Kind: FileKind.Link }
                    ? throw new IOException($"{PathOf(name)} is a link.")
                    : new LockedFile(File.OpenHandle(PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (File.Exists(PathOf(name)))
            {
                return null;
            }
        }

        SafeFileHandle file = OpenFile(name, FileAccess.ReadWrite, followLink: false);
        if (FileSystem.TryLock(file))
        {
            return new LockedFile(file);
        }

        file.Dispose();
        return null;
    }

    /// <summary>Creates a file under a name that does not exist yet, and locks it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="mayBeReadByOthers">Whether others have the usual permissions for a new file of the user; none otherwise.</param>
    /// <exception cref="IOException">The name exists.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public LockedFile CreateLocked(string name, bool mayBeReadByOthers = false)
    {
        if (_handle is null)
        {
            return new LockedFile(File.OpenHandle(PathOf(name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
        }

        SafeFileHandle file = FileSystem.CreateFile(_handle, name, mayBeReadByOthers ? 0x1B6U : 0x180, PathOf(name));
        FileSystem.TryLock(file);
        return new LockedFile(file);
    }

    /// <summary>Opens a file and locks it, making it if it is missing; null if somebody has it locked.</summary>
    /// <exception cref="IOException">What is there is no file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened or made.</exception>
    public LockedFile? TryOpenOrCreateLocked(string name)
    {
        while (true)
        {
            try
            {
                return TryOpenLocked(name);
            }
            catch (FileNotFoundException)
            {
                // It does not exist yet.
            }

            try
            {
                return CreateLocked(name);
            }
            catch (IOException) when (StatusOf(name) is not null)
            {
                // It was created meanwhile.
            }
        }
    }

    /// <summary>Deletes a name, if it exists.</summary>
    public void Delete(string name)
    {
        if (_handle is not null)
        {
            FileSystem.Delete(_handle, name, PathOf(name));
        }
        else
        {
            File.Delete(PathOf(name));
        }
    }

    /// <summary>Renames a file, and replaces an existing file with the new name.</summary>
    public void Rename(string from, string to)
    {
        string path = PathOf(from);
        string target = PathOf(to);
        if (_handle is not null)
        {
            FileSystem.Rename(_handle, from, to, path);
        }
        else
        {
            File.Move(path, target, overwrite: true);
        }
    }

    public void Dispose() => _handle?.Dispose();

    private static ArgumentException NoName(string name) => new($"'{name}' is not a file name.", nameof(name));
}
