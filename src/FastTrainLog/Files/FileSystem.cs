using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Files;

/// <summary>Calls that .NET lacks: files opened without following a link or blocking, and their owners.</summary>
/// <remarks>On Linux, by system calls. Elsewhere files of other users do not occur: there the results are those of .NET.</remarks>
internal static unsafe partial class FileSystem
{
    private const int Missing = 2;
    private const int Interrupted = 4;
    private const int NoReader = 6;
    private const int WouldBlock = 11;
    private const int IsDirectory = 21;
    private const int NoPermission = 1;
    private const int NoAccess = 13;
    private const int Exists = 17;
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;
    private const int NoSuchCall = 38;

    // Those that are the same on all of Linux's machines.
    private const int WriteOnly = 1;
    private const int ReadWrite = 2;
    private const int CreateFlag = 0x40;
    private const int OnlyNew = 0x80;
    private const int NoWait = 0x800;
    private const int CloseOnExec = 0x80000;

    private const int EmptyPath = 0x1000;
    private const int LinkItself = 0x100;
    private const uint NoReplace = 1;
    private const uint StatusMask = 0x7FF | 0x800;
    private const uint BirthMask = 0x800;
    private const int LockExclusive = 2;
    private const int LockNoWait = 4;
    private const int LockNothing = 8;
    private const int CurrentDirectoryNumber = -100;
    private static readonly SafeFileHandle CurrentDirectory = new(CurrentDirectoryNumber, ownsHandle: false);

    // Not every C library has it. By its name in the process, as File.Move has it: a library before the C library sees both.
    private static readonly delegate* unmanaged<int, byte*, int, byte*, uint, int> RenameAt2 =
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "renameat2", out nint found) ? (delegate* unmanaged<int, byte*, int, byte*, uint, int>)found : null;

    // And those of ARM and POWER, which differ.
    private static readonly bool IsOtherFlags = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;
    private static readonly int DirectoryFlag = IsOtherFlags ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsOtherFlags ? 0x8000 : 0x20000;

    /// <summary>Gets the number of the user that this process runs as; 0 if the system has none.</summary>
    public static uint User { get; } = OperatingSystem.IsLinux() ? GetEffectiveUser() : 0;

    /// <summary>Gets whether the file system under a file is in memory.</summary>
    public static bool IsInMemory(SafeFileHandle file)
    {
        const long Tmpfs = 0x01021994;
        const long Ramfs = 0x858458F6;
        return TypeOf(file) is Tmpfs or Ramfs;
    }

    /// <summary>Gets whether a file is on another machine, or is served by another process: memory mapped from it may become unreadable at any time.</summary>
    public static bool IsRemote(SafeFileHandle file)
    {
        const long Nfs = 0x6969;
        const long Smb = 0x517B;
        const long Cifs = 0xFF534D42;
        const long Smb2 = 0xFE534D42;
        const long Fuse = 0x65735546;
        const long Plan9 = 0x01021997;
        const long Ceph = 0x00C36400;
        const long Afs = 0x5346414F;
        const long Lustre = 0x0BD00BD0;
        const long Gpfs = 0x47504653;
        return TypeOf(file) is Nfs or Smb or Cifs or Smb2 or Fuse or Plan9 or Ceph or Afs or Lustre or Gpfs;
    }

    /// <summary>Opens a directory.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="followLink">Whether it may be a link to one.</param>
    public static SafeFileHandle OpenDirectory(string path, bool followLink) =>
        Handle(OpenAt(CurrentDirectory, path, CloseOnExec | DirectoryFlag | (followLink ? 0 : NoFollow), 0), path);

    /// <summary>Opens a file in a directory; it does not block on a FIFO without a peer.</summary>
    public static SafeFileHandle OpenFile(SafeFileHandle directory, string name, FileAccess access, bool followLink, string path)
    {
        int flags = access switch { FileAccess.Read => 0, FileAccess.Write => WriteOnly, _ => ReadWrite };
        return Handle(OpenAt(directory, name, flags | CloseOnExec | NoWait | (followLink ? 0 : NoFollow), 0), path);
    }

    /// <summary>Opens a file to write it, making it if it is missing; a link is followed, and it does not block.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">The permissions of one that is made; null for the usual ones.</param>
    /// <exception cref="IOException">It cannot be opened, or is a FIFO or a socket.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static SafeFileHandle OpenLog(string path, UnixFileMode? mode)
    {
        if (!OperatingSystem.IsLinux())
        {
            SafeFileHandle opened = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            if (mode is not null && RandomAccess.GetLength(opened) == 0)
            {
                SetMode(opened, mode.Value);
            }

            return opened;
        }

        SafeFileHandle file = Handle(OpenAt(CurrentDirectory, path, WriteOnly | CreateFlag | CloseOnExec | NoWait, (uint)(mode ?? (UnixFileMode)0x1B6)), path);
        FileStatus status = StatusOf(file);
        if (status.Kind is FileKind.Regular or FileKind.Device)
        {
            // Created with them, less the process's mask.
            if (mode is not null && status is { Kind: FileKind.Regular, Length: 0 } && status.Owner == User && status.Mode != mode)
            {
                SetMode(file, mode.Value);
            }

            return file;
        }

        file.Dispose();
        throw new IOException($"{path} is no file, but a FIFO or a socket.");
    }

    /// <summary>Gives a file permissions, whatever the process's mask is; does nothing on Windows.</summary>
    public static void SetMode(SafeFileHandle file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }
    }

    /// <summary>Gives a file the permissions of another one; does nothing on Windows.</summary>
    public static void CopyMode(SafeFileHandle from, SafeFileHandle to)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }
    }

    /// <summary>Creates or empties a file that its owner alone may access, to be given its permissions.</summary>
    public static FileStream CreateClosed(string path, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Creates a file in a directory under a name that does not exist yet.</summary>
    public static SafeFileHandle CreateFile(SafeFileHandle directory, string name, uint mode, string path) =>
        Handle(OpenAt(directory, name, ReadWrite | CreateFlag | OnlyNew | CloseOnExec | NoFollow, mode), path);

    /// <summary>Creates a directory for its owner only, unless its name exists.</summary>
    public static void CreateDirectory(string path)
    {
        if (MakeDirectory(path, 0x1C0) != 0 && Marshal.GetLastPInvokeError() != Exists)
        {
            throw Failure(path);
        }
    }

    /// <summary>Gets what is under a name in a directory; null if nothing is.</summary>
    public static FileStatus? StatusOf(SafeFileHandle directory, string name, string directoryPath) =>
        ReadStatus(directory, name, LinkItself, out FileStatus status) == 0 ? status
            : Marshal.GetLastPInvokeError() == Missing ? null
            : throw Failure(Path.Combine(directoryPath, name));

    /// <summary>Gets what is at a path, for a link its target; null if nothing is, or if it may not be read.</summary>
    public static FileStatus? StatusAt(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return ReadStatus(CurrentDirectory, path, 0, out FileStatus status) == 0 ? status : null;
        }

        var file = new FileInfo(path);
        FileInfo? target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        return target is { Exists: true } ? Known(target.Length, target.CreationTimeUtc) : null;
    }

    /// <summary>Gets the status of an open file.</summary>
    public static FileStatus StatusOf(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Known(RandomAccess.GetLength(file), File.GetCreationTimeUtc(file));
        }

        return ReadStatus(file, string.Empty, EmptyPath, out FileStatus status) == 0 ? status : throw Failure("an open file");
    }

    /// <summary>Deletes a name in a directory.</summary>
    public static void Delete(SafeFileHandle directory, string name, string path)
    {
        if (UnlinkAt(directory, name, 0) != 0 && Marshal.GetLastPInvokeError() != Missing)
        {
            throw Failure(path);
        }
    }

    /// <summary>Renames a file within a directory, and replaces an existing file with the new name.</summary>
    public static void Rename(SafeFileHandle directory, string from, string to, string path)
    {
        if (RenameAt(directory, from, directory, to) != 0)
        {
            throw Failure(path);
        }
    }

    /// <summary>Renames a file to a name that is free.</summary>
    /// <remarks>
    /// Not by <see cref="File.Move(string, string)"/>: where a rename fails it makes a second link, or a copy, and deletes the file. Where that fails too, what is one file has two names, and
    /// each of its lines is there twice. On Linux the system itself refuses a name that is taken, so that of two who take one name at the same moment none replaces the other's file; where its file system
    /// cannot, and elsewhere, a moment is between the look at the name and the rename.
    /// </remarks>
    /// <exception cref="IOException">The name is taken, or the file cannot be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be renamed.</exception>
    public static void MoveToFreeName(string path, string target)
    {
        if (OperatingSystem.IsLinux() && TryRenameOnly(path, target))
        {
            return;
        }

        if (Path.Exists(target))
        {
            throw new IOException($"{target} exists already.");
        }

        File.Move(path, target, overwrite: true);
    }

    /// <summary>Allocates a file's space, so that a full file system is detected here and not by a signal in the middle of a log call.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    public static void Allocate(SafeFileHandle file, long length, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.SetLength(file, length);
            return;
        }

        int error;
        do
        {
            error = PosixAllocate(file, 0, length);
        }
        while (error == Interrupted);
        if (error is NotSupported or InvalidArgument)
        {
            // A C library that does not fall back to writing zeros.
            byte[] zeros = new byte[1 << 20];
            for (long at = 0; at < length; at += zeros.Length)
            {
                RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - at)), at);
            }
        }
        else if (error != 0)
        {
            throw Failure(path, error);
        }
    }

    /// <summary>Locks a file for this process alone, as long as it is open.</summary>
    /// <returns>Whether it is locked; false if another process has locked it.</returns>
    public static bool TryLock(SafeFileHandle file) =>
        // .NET too accepts a file system without locks.
        Lock(file, LockExclusive | LockNoWait) == 0 || Marshal.GetLastPInvokeError() != WouldBlock;

    /// <summary>Releases the lock on a file.</summary>
    public static void Unlock(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            Lock(file, LockNothing);
        }
    }

    /// <summary>Makes a file's status of what .NET knows: another user's files are not met there, and which file it is, the time says at which it was made.</summary>
    public static FileStatus Known(long length, DateTime created, FileKind kind = FileKind.Regular) =>
        new(kind, 0, UnixFileMode.None, 1, length, new FileIdentity(0, (created - DateTime.UnixEpoch).Ticks * 100));

    // Returns false if the file system, or the C library, cannot say whether a name is taken.
    private static bool TryRenameOnly(string path, string target)
    {
        if (RenameAt2 == null)
        {
            return false;
        }

        int error;
        fixed (byte* from = Encoding.UTF8.GetBytes(path + '\0'), to = Encoding.UTF8.GetBytes(target + '\0'))
        {
            error = RenameAt2(CurrentDirectoryNumber, from, CurrentDirectoryNumber, to, NoReplace) == 0 ? 0 : Marshal.GetLastSystemError();
        }

        return error switch
        {
            0 => true,
            InvalidArgument or NoSuchCall => false,
            Exists => throw new IOException($"{target} exists already."),
            _ => throw Failure(path, error),
        };
    }

    private static SafeFileHandle Handle(int descriptor, string path) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(path);

    private static long TypeOf(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        // The first field on every machine: a word, but for s390.
        byte* status = stackalloc byte[256];
        return StatFileSystem(file, status) == 0 ? (uint)*(nint*)status : 0;
    }

    private static int ReadStatus(SafeFileHandle directory, string name, int flags, out FileStatus status)
    {
        // struct statx, which is the same on every machine.
        byte* at = stackalloc byte[256];
        int result = StatX(directory, name, flags, StatusMask, at);
        if (result != 0)
        {
            status = default;
            return result;
        }

        ushort mode = *(ushort*)(at + 28);
        long birth = (*(uint*)at & BirthMask) != 0 ? unchecked((*(long*)(at + 80) * 1_000_000_000) + *(uint*)(at + 88)) : 0;
        FileKind kind = (mode & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Link,
            0x2000 => FileKind.Device,
            _ => FileKind.Other,
        };
        status = new FileStatus(
            kind, *(uint*)(at + 20), (UnixFileMode)(mode & 0xFFF), *(uint*)(at + 16), *(long*)(at + 40), new FileIdentity(*(ulong*)(at + 32), birth),
            ((ulong)*(uint*)(at + 136) << 32) | *(uint*)(at + 140));
        return 0;
    }

    private static Exception Failure(string path) => Failure(path, Marshal.GetLastPInvokeError());

    private static Exception Failure(string path, int error)
    {
        string message = $"{path}: {new Win32Exception(error).Message}";
        return error switch
        {
            Missing => new FileNotFoundException(message, path),
            NoPermission or NoAccess or IsDirectory => new UnauthorizedAccessException(message),
            NoReader => new IOException($"{path} is no file, but a FIFO or a socket."),
            _ => new IOException(message),
        };
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "openat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenAt(SafeFileHandle directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int StatX(SafeFileHandle directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int StatFileSystem(SafeFileHandle file, byte* status);

    [LibraryImport("libc", EntryPoint = "unlinkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int UnlinkAt(SafeFileHandle directory, string path, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int PosixAllocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
