using System.Diagnostics;
using FastTrainLog.Files;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Sinks;

/// <summary>A file that is appended to and rotated by size and time: <c>main.log</c> becomes <c>main.log.1</c>, that <c>main.log.2</c>, and so on.</summary>
/// <remarks>
/// Not thread-safe. A line is never split between two files. Bytes that could not be written stay in the buffer and are tried
/// again by the next <see cref="Flush"/>; up to <see cref="MostUnwritten"/> more lines are taken meanwhile. A file that cannot be rotated continues
/// growing. A file that was deleted, moved, replaced or truncated from outside is noticed by the next <see cref="Flush"/>, which continues in what is
/// in its place, or recreates it; a record costs no file system call for this.
/// </remarks>
internal sealed class RollingFile : IDisposable
{
    /// <summary>The bytes above which a file that cannot be written takes no further line.</summary>
    public const int MostUnwritten = 2 * PendingLines.BlockSize;

    private static readonly TimeSpan PauseOfRotation = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly long _maxSize;
    private readonly UnixFileMode? _mode;
    private readonly RotationClock? _clock;
    private readonly PendingLines _pending = new();
    private SafeFileHandle? _handle;
    private FileHistory? _history;
    private bool _replacedSinceCheckpoint;

    // Whether our bytes may follow the file's noted length: from a write that failed half-way.
    private bool _hasTornEnd;

    // Whether the file was found with a last line that was cut short, for example by a full disk: it must not spoil the next one.
    private bool _lacksLineEnd;
    private long _rotateAgainAt;

    public RollingFile(string path, long maxSize, int backups, RotationClock? clock = null, BackupFormat format = BackupFormat.Gzip, UnixFileMode? mode = null)
    {
        _path = System.IO.Path.GetFullPath(path);
        _maxSize = maxSize;
        _clock = clock;
        _mode = mode;
        Rotated = new RotatedFiles(_path, backups, format);
        DateTime written = File.Exists(_path) ? File.GetLastWriteTimeUtc(_path) : default;
        Open();
        Rotated.CleanUp();
        if (Length > 0)
        {
            // The content belongs to the period of its last line. Not of its last change: that may be the end of a line just added,
            // or the truncation by a recovery.
            _clock?.Begin(FileEnd.TimeOfLastLine(_path, Length, _clock.Zone) ?? written.Ticks);
        }
    }

    /// <summary>Gets the full path.</summary>
    public string Path => _path;

    /// <summary>Gets the files that were rotated out of it.</summary>
    public RotatedFiles Rotated { get; }

    /// <summary>Gets the bytes that the file holds.</summary>
    public long Length { get; private set; }

    /// <summary>Gets how often the file was rotated.</summary>
    public uint Rotations { get; private set; }

    /// <summary>Gets how often something else was found in place of the file, and the file recreated.</summary>
    public uint Replacements { get; private set; }

    /// <summary>Gets or sets a callback before the file is recreated; its directory exists by then.</summary>
    public Action? BeforeMadeAnew { get; set; }

    /// <summary>Gets or sets a callback before something is written for the first time; it throws as long as nothing may be.</summary>
    public Action? BeforeWritten { get; set; }

    /// <summary>Gets or sets a callback when a line is only buffered because the file cannot be written.</summary>
    public Action? OnFailure { get; set; }

    /// <summary>Gets or sets whether a full file is rotated.</summary>
    public bool MayRotate { get; set; } = true;

    /// <summary>Gets what keeps the file from being written; null if all lines before the last flush are.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Gets since when it could not be written, a <see cref="Stopwatch"/> time stamp.</summary>
    public long FailingSince { get; private set; }

    /// <summary>Gets when something was written last, a <see cref="Stopwatch"/> time stamp.</summary>
    public long WrittenAt { get; private set; }

    /// <summary>Gets whether the file holds lines that it could not write.</summary>
    public bool IsBehind => Failure is not null && _pending.Bytes > 0;

    /// <summary>Gets whether the file's buffer of unwritten lines is full.</summary>
    public bool IsFull => Failure is not null && _pending.Bytes >= MostUnwritten;

    /// <summary>Gets the device that the file is on, or was on when it was last open.</summary>
    public ulong Device { get; private set; }

    /// <summary>Gets or sets why the file could not be rotated the last time; null if it could, or where that was reported.</summary>
    public Exception? RotationFailure { get; set; }

    /// <summary>Gets the identity of the file.</summary>
    public FileIdentity Identity { get; private set; }

    /// <summary>Gets the tail of the bytes that were written last.</summary>
    public FileTail Tail { get; private set; }

    /// <summary>Sets where rotations and replacements are noted from here on; null for nowhere.</summary>
    public void NoteChangesIn(FileHistory? history)
    {
        _history = history;
        (Rotations, Replacements, _replacedSinceCheckpoint) = (0, 0, false);
        history?.Open(Identity, Length);
    }

    /// <summary>Appends a line.</summary>
    /// <param name="line">The line, its end included.</param>
    /// <param name="time">The line's time, in UTC ticks: it decides about rotation by time.</param>
    /// <exception cref="IOException">The file cannot be written and its buffer is full: see <see cref="IsFull"/>. The line is not taken.</exception>
    public void Append(ReadOnlySpan<byte> line, long time = 0)
    {
        if (IsFull)
        {
            throw new IOException(Failure!.Message, Failure);
        }

        if (_clock is not null && _clock.IsOver(time))
        {
            BeginPeriod(time);
        }

        if (WouldOutgrow(line.Length) && MayRotate && TryFlush() && WouldOutgrow(line.Length))
        {
            TryRotate();
        }

        if (!_pending.HasRoomFor(line.Length))
        {
            WriteBehind();
            if (!_pending.HasRoomFor(line.Length))
            {
                _pending.MakeRoomFor(line.Length, MostUnwritten);
            }
        }

        _pending.Add(line);
    }

    /// <summary>Writes what is buffered, to a new file if the old one is no longer in its place.</summary>
    /// <exception cref="IOException">The file cannot be written; what is buffered stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what is buffered stays.</exception>
    public void Flush()
    {
        try
        {
            WriteAll();
            Failure = null;
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            Fail(exception);
            throw;
        }
    }

    /// <summary>Discards what is buffered.</summary>
    /// <returns>How many lines that were.</returns>
    public int Discard()
    {
        AwaitBlock();
        return _pending.Clear();
    }

    /// <summary>Notes that a checkpoint covers what was done so far.</summary>
    public void Settle()
    {
        _replacedSinceCheckpoint = false;
        Rotated.Settle();
    }

    /// <summary>Writes what is buffered and closes the file.</summary>
    /// <exception cref="IOException">Lines could not be written and are lost; the message says how many.</exception>
    public void Dispose()
    {
        try
        {
            if (_pending.Bytes > 0)
            {
                Flush();
            }
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            throw new IOException($"{Discard()} lines of {_path} could not be written and are lost: {exception.Message}", exception);
        }
        finally
        {
            _pending.Dispose();
            Close();
        }
    }

    private void WriteAll()
    {
        AwaitBlock();
        GoToPlace();
        if (_lacksLineEnd)
        {
            Write("\n"u8);
            // A tail of one byte would be that of any file.
            (Length, Tail, _lacksLineEnd) = (Length + 1, default, false);
        }

        // Written at our own end, so that a write that failed half-way is overwritten by the next attempt.
        if (!_pending.Block.IsEmpty)
        {
            Write(_pending.Block);
            EndBlock();
        }

        if (!_pending.Buffered.IsEmpty)
        {
            Write(_pending.Buffered);
            Added(_pending.Buffered);
            _pending.EndBuffered();
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        BeforeWritten?.Invoke();
        BeforeWritten = null;
        _hasTornEnd = true;
        // Before its first byte is written: what a recovery finds after that is from another program.
        _history?.BeginWrite(Length + bytes.Length);
        try
        {
            RandomAccess.Write(_handle!, bytes, Length);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            CutTornEnd(bytes.Length);
            // The exception of .NET for EFBIG.
            throw new FileTooLargeException(_path, exception);
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            CutTornEnd(bytes.Length);
            throw;
        }

        _hasTornEnd = false;
    }

    /// <summary>Takes back what a failed write has left: whatever follows the file's noted length is from another program then.</summary>
    private void CutTornEnd(int bytes)
    {
        try
        {
            if (RandomAccess.GetLength(_handle!) is var length && length > Length && length <= Length + bytes)
            {
                RandomAccess.SetLength(_handle!, Length);
            }

            _history?.BeginWrite(Length);
            _hasTornEnd = false;
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            // It stays, and the next attempt writes over it.
        }
    }

    private bool TryFlush()
    {
        if (Failure is null)
        {
            try
            {
                Flush();
            }
            catch (Exception exception) when (FileFailure.IsOne(exception))
            {
                // The lines stay; the flush reports it.
            }
        }

        return Failure is null;
    }

    private void Fail(Exception exception)
    {
        if (Failure is null)
        {
            FailingSince = Stopwatch.GetTimestamp();
        }

        Failure = exception;
        OnFailure?.Invoke();
    }

    /// <summary>Lets another thread write what is buffered, so that this one can continue with the next lines.</summary>
    private void WriteBehind()
    {
        if (Failure is not null)
        {
            // Left to the next flush: an attempt costs more than a line.
            return;
        }

        AwaitBlock();
        if (!_pending.Block.IsEmpty || _lacksLineEnd || BeforeWritten is not null || _handle is null || !IsInPlace())
        {
            TryFlush();
            return;
        }

        if (_pending.Buffered.IsEmpty)
        {
            return;
        }

        _pending.MakeBlock();
        _hasTornEnd = true;
        _history?.BeginWrite(Length + _pending.Block.Length);
        _pending.WriteBlock(_handle, Length);
    }

    private void AwaitBlock()
    {
        if (_pending.Block.IsEmpty)
        {
            return;
        }

        if (_pending.AwaitBlock())
        {
            _hasTornEnd = false;
            EndBlock();
        }
        else if (_hasTornEnd && _handle is not null)
        {
            CutTornEnd(_pending.Block.Length);
        }
    }

    private void EndBlock()
    {
        Added(_pending.Block);
        _pending.EndBlock();
    }

    private void Added(ReadOnlySpan<byte> bytes)
    {
        Tail = FileTail.Of(bytes);
        Length += bytes.Length;
        WrittenAt = Stopwatch.GetTimestamp();
    }

    private void BeginPeriod(long time)
    {
        if (LengthWhenWritten > 0 && !(MayRotate && TryFlush() && TryRotate()))
        {
            return;
        }

        _clock!.Begin(time);
    }

    private long LengthWhenWritten => Length + _pending.Bytes;

    private bool WouldOutgrow(int bytes) => _maxSize > 0 && LengthWhenWritten > 0 && LengthWhenWritten + bytes > _maxSize;

    private void Open()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        _handle = FileSystem.OpenLog(_path, _mode);
        _hasTornEnd = false;
        FileStatus status = FileSystem.StatusOf(_handle);
        (Device, Identity, Length, Tail) = (status.Device, status.Identity, status.Length, default);
        _history?.Open(Identity, Length);
        _lacksLineEnd = Length > 0 && !FileEnd.IsEndOfLine(_path, Length);
    }

    private void GoToPlace()
    {
        if (_handle is null || !IsInPlace())
        {
            Close();
            OpenAnew();
        }
    }

    private void OpenAnew()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        BeforeMadeAnew?.Invoke();
        Open();
        if (!_replacedSinceCheckpoint)
        {
            // A recovery must know that the length in the checkpoint was another file's, before anything is written to this one.
            // Of several in sequence the first counts: the files after it are newer than the checkpoint in any case.
            _replacedSinceCheckpoint = true;
            Replacements++;
            _history?.Replace(Replacements, Rotations, Length, Identity);
        }
    }

    /// <summary>Returns whether the path still leads to the file being written, and the file has not become shorter.</summary>
    private bool IsInPlace()
    {
        FileStatus written = FileSystem.StatusOf(_handle!);
        if (written.Length < Length || FileSystem.StatusAt(_path) is not { } found || !found.IsSameFile(written))
        {
            return false;
        }

        if (written.Length > Length && !_hasTornEnd)
        {
            // A line that another program appended: ours go after it.
            (Length, Tail) = (written.Length, default);
        }

        return true;
    }

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
    }

    /// <summary>Rotates the file; if that fails it continues as it is, and the next line after a pause retries it.</summary>
    private bool TryRotate()
    {
        if (Environment.TickCount64 < _rotateAgainAt)
        {
            return false;
        }

        _history?.BeginRotation(Rotations + 1);
        try
        {
            Rotated.Add();
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            _history?.BeginRotation(Rotations);
            RotationFailure = exception;
            _rotateAgainAt = Environment.TickCount64 + (long)PauseOfRotation.TotalMilliseconds;
            return false;
        }

        Close();
        Length = 0;
        Rotations++;
        _history?.EndRotation(Rotations);
        try
        {
            Open();
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            Fail(exception);
        }

        return true;
    }
}
