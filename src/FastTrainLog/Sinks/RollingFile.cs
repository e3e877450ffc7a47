using FastTrainLog.Journals;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Sinks;

/// <summary>A file that is appended to and rotated by size: <c>main.log</c> becomes <c>main.log.1</c>, that <c>main.log.2</c>, and so on.</summary>
/// <remarks>
/// Not thread-safe. A line is never split between two files. Bytes that could not be written stay in the buffer and are tried
/// again by the next <see cref="Flush"/>. A file that was deleted or moved from outside is made anew.
/// </remarks>
internal sealed class RollingFile : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly string _path;
    private readonly long _maxSize;
    private readonly int _backups;
    private byte[] _buffer = new byte[BufferSize];
    private int _buffered;
    private SafeFileHandle? _handle;
    private Journal? _journal;
    private int _journalNumber;

    public RollingFile(string path, long maxSize, int backups)
    {
        _path = System.IO.Path.GetFullPath(path);
        _maxSize = maxSize;
        _backups = backups;
        Open();
    }

    /// <summary>Gets the full path.</summary>
    public string Path => _path;

    /// <summary>Gets the bytes that the file holds.</summary>
    public long Length { get; private set; }

    /// <summary>Gets how often the file was rotated since it was opened.</summary>
    public uint Rotations { get; private set; }

    /// <summary>Gets or sets whether a full file is rotated.</summary>
    public bool MayRotate { get; set; } = true;

    /// <summary>Has rotations noted in a journal, under the file's number there.</summary>
    public void NoteRotationsIn(Journal journal, int number)
    {
        _journal = journal;
        _journalNumber = number;
        journal.AddFile(number, _path);
    }

    public void Append(ReadOnlySpan<byte> line)
    {
        if (_maxSize > 0 && MayRotate && Length + _buffered > 0 && Length + _buffered + line.Length > _maxSize)
        {
            WriteOut();
            Rotate();
        }

        if (_buffered + line.Length > _buffer.Length)
        {
            WriteOut();
            if (line.Length > _buffer.Length)
            {
                Array.Resize(ref _buffer, line.Length);
            }
        }

        line.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += line.Length;
    }

    public void Flush()
    {
        if (_buffered > 0)
        {
            if (_handle is null || !File.Exists(_path))
            {
                Close();
                Open();
            }

            WriteOut();
        }
    }

    public void Dispose()
    {
        try
        {
            Flush();
        }
        finally
        {
            Close();
        }
    }

    /// <summary>Returns the path of a file's n-th backup, the higher the older.</summary>
    public static string BackupOf(string path, int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}.{number}");

    private void Open()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        _handle = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(_handle);
    }

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
    }

    private void WriteOut()
    {
        if (_buffered == 0)
        {
            return;
        }

        if (_handle is null)
        {
            Open();
        }

        // Written at our own end, so that a write that failed half-way is overwritten by the next try.
        RandomAccess.Write(_handle!, _buffer.AsSpan(0, _buffered), Length);
        Length += _buffered;
        _buffered = 0;
    }

    private void Rotate()
    {
        _journal?.BeginRotation(_journalNumber, Rotations + 1);
        Close();
        if (_backups == 0)
        {
            File.Delete(_path);
        }
        else
        {
            int oldest = 1;
            while (oldest < _backups && File.Exists(Backup(oldest)))
            {
                oldest++;
            }

            for (int i = oldest - 1; i >= 1; i--)
            {
                File.Move(Backup(i), Backup(i + 1), overwrite: true);
            }

            File.Move(_path, Backup(1), overwrite: true);
        }

        Rotations++;
        _journal?.EndRotation(_journalNumber, Rotations);
        Open();
    }

    private string Backup(int number) => BackupOf(_path, number);
}
