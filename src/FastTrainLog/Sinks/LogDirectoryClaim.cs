using System.Globalization;
using FastTrainLog.Files;
using FastTrainLog.Platform;

namespace FastTrainLog.Sinks;

/// <summary>A log's claim on the file names in its directory: a second process there, or a second log, gets other names.</summary>
/// <remarks>
/// The claim is a lock on a hidden file, so the system releases it when the process ends in any way. Other users cannot open the file; their
/// locks would block this one. The file notes the owner of the names (<see cref="ClaimNote"/>).
/// </remarks>
internal sealed class LogDirectoryClaim : IDisposable
{
    private const int MostLogs = 1000;

    private readonly string? _file;
    private OpenDirectory _directory;
    private LockedFile _lock;
    private ClaimNote _note;
    private bool _isGone;

    // Why the note is not in the file; null if it is.
    private IOException? _unwritten;

    private LogDirectoryClaim(OpenDirectory directory, LockedFile held, string? file, int number)
    {
        _file = file;
        _directory = directory;
        _lock = held;
        _note = ClaimNote.Read(held.Handle);
        Number = number;
    }

    /// <summary>Gets the number of the log: 1 for the first in its directory.</summary>
    public int Number { get; }

    /// <summary>Gets what is in the hidden file.</summary>
    public ClaimNote Note => _note;

    /// <summary>Claims the names of the first free number.</summary>
    /// <param name="directory">The directory, which is created if it is missing.</param>
    /// <param name="file">The single file to claim; null for those of a log.</param>
    /// <exception cref="IOException">There is none, or the directory cannot be created or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be created, opened or written.</exception>
    public static LogDirectoryClaim Take(string directory, string? file = null)
    {
        Directory.CreateDirectory(directory);
        Exception? last = null;
        for (int number = 1; number <= MostLogs; number++)
        {
            try
            {
                if (Open(directory, file, number, mayMake: true) is { } claim)
                {
                    return claim;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's, or not a file: try the next number. If nothing can be created there is no next one.
                last = exception;
                if (!Exists(directory, file, number))
                {
                    throw;
                }
            }
        }

        throw new IOException($"{directory} has no names left for a log: {MostLogs} are in use.", last);
    }

    /// <summary>Claims the names of a given number.</summary>
    /// <returns>The claim; null if a running log has it, or another user.</returns>
    public static LogDirectoryClaim? TryTake(string directory, int number)
    {
        try
        {
            return Open(directory, null, number, mayMake: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Claims every log of a directory that no running process writes, among those that were ever written there.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="live">The numbers of the others.</param>
    public static List<LogDirectoryClaim> TakeUnused(string directory, out List<int> live)
    {
        var claims = new List<LogDirectoryClaim>();
        live = [];
        for (int number = 1; number <= MostLogs && Exists(directory, null, number); number++)
        {
            try
            {
                if (Open(directory, null, number, mayMake: false) is { } claim)
                {
                    claims.Add(claim);
                    continue;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // No file, or another user's, or gone meanwhile.
            }

            live.Add(number);
        }

        return claims;
    }

    /// <summary>Notes that logs which had the names did not end: later lines are not from them.</summary>
    /// <param name="kept">Those whose journals could not be recovered yet. The note need not name them: on a full disk it may be empty.</param>
    /// <returns>The one that the note names as the last, whose journal was not recovered; null if it ended.</returns>
    public LeftLog? TakeOver(IEnumerable<LeftLog> kept)
    {
        LeftLog? last = _note.IsOpen ? _note.AddLeft() : null;
        (_note.Log, _note.IsOpen) = (Guid.Empty, false);
        LeftLog[] unnoted = [.. kept.Where(log => !_note.Left.Exists(left => left.Log == log.Log))];
        Array.ForEach(unnoted, _note.AddLeft);
        if (last is not null || unnoted.Length > 0)
        {
            Write();
        }

        return last;
    }

    /// <summary>Notes that a log with a journal writes the files of these names from here on, and that one which had them and has not ended does not.</summary>
    public void Begin(Guid log, int processId, Machine machine)
    {
        if (_note.IsOpen && _note.Log != log)
        {
            // For example one whose recovery could not be finished.
            _note.AddLeft();
        }

        (_note.Log, _note.IsOpen, _note.ProcessId, _note.Machine) = (log, true, processId, machine);
        Write();
    }

    /// <summary>Makes sure that what was noted is in the hidden file, before a log file is written: a recovery must find whose lines they are.</summary>
    /// <exception cref="IOException">It cannot be written, for example on a full disk.</exception>
    public void RequireNote()
    {
        if (_unwritten is not null)
        {
            Write();
            if (_unwritten is { } failure)
            {
                throw new IOException($"{_directory.PathOf(NameOf(_file, Number))}: {failure.Message}", failure);
            }
        }
    }

    /// <summary>Notes that all of the log's records are in its files, and its journal is deleted.</summary>
    public void End()
    {
        _note.IsOpen = false;
        _note.Left.RemoveAll(left => left.Log == _note.Log);
        Write();
    }

    /// <summary>Restores the claim if its hidden file was deleted from outside, for example with the whole directory.</summary>
    /// <param name="mark">The directory's number, for a directory that was recreated.</param>
    /// <exception cref="IOException">Another log has taken the names meanwhile.</exception>
    public void Renew(Guid? mark)
    {
        if (!_isGone && IsInPlace())
        {
            RequireNote();
            return;
        }

        _isGone = true;
        OpenDirectory directory = OpenDirectory.Open(_directory.Path);
        try
        {
            LockedFile held = directory.TryOpenOrCreateLocked(NameOf(_file, Number))
                ?? throw new IOException($"{directory.PathOf(NameOf(_file, Number))} now belongs to another log.");
            if (mark is not null)
            {
                LogDirectoryMark.ReadOrMake(directory, mark);
            }

            _lock.Dispose();
            _directory.Dispose();
            (_lock, _directory, _isGone) = (held, directory, false);
            Write();
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        RequireNote();
    }

    /// <summary>Returns the path of the claimed file: unchanged, or with the number in its name.</summary>
    public string PathOf(string file) => Path.Combine(_directory.Path, NameOf(Path.GetFileNameWithoutExtension(file), Path.GetExtension(file)));

    /// <summary>Returns the name of a file: <c>main.log</c>, or <c>main.2.log</c> for the second log in the directory.</summary>
    public string NameOf(string name, string extension) =>
        Number == 1 ? name + extension : string.Create(CultureInfo.InvariantCulture, $"{name}.{Number}{extension}");

    public void Dispose()
    {
        _lock.Dispose();
        _directory.Dispose();
    }

    private void Write()
    {
        try
        {
            _note.Write(_lock.Handle);
            _unwritten = null;
        }
        catch (IOException exception)
        {
            // A full disk. Nothing is written to a log file before it succeeds.
            _unwritten = exception;
        }
    }

    private static LogDirectoryClaim? Open(string directory, string? file, int number, bool mayMake)
    {
        OpenDirectory opened = OpenDirectory.Open(directory);
        try
        {
            LockedFile? held = mayMake ? opened.TryOpenOrCreateLocked(NameOf(file, number)) : opened.TryOpenLocked(NameOf(file, number));
            if (held is not null)
            {
                return new LogDirectoryClaim(opened, held, file, number);
            }
        }
        catch
        {
            opened.Dispose();
            throw;
        }

        opened.Dispose();
        return null;
    }

    private static bool Exists(string directory, string? file, int number) => Path.Exists(Path.Combine(directory, NameOf(file, number)));

    // Another log's file may have replaced ours by now, or another directory replaced ours.
    private bool IsInPlace()
    {
        try
        {
            using OpenDirectory directory = OpenDirectory.Open(_directory.Path);
            return directory.StatusOf(NameOf(_file, Number))?.Identity == FileSystem.StatusOf(_lock.Handle).Identity;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Whatever else keeps it from being opened says nothing about it: the process may open no further file, or the file system does not answer.
            return false;
        }
    }

    private static string NameOf(string? file, int number) =>
        string.Create(CultureInfo.InvariantCulture, $".fasttrainlog{(file is null ? string.Empty : "-" + file)}.{number}.lock");
}
