using FastTrainLog.Files;

namespace FastTrainLog.Sinks;

/// <summary>Writes records to a rolling file, as text or as JSON lines.</summary>
/// <remarks>Safe to give to one log; the backend calls it from one thread.</remarks>
public sealed class RollingFileSink : ILogSink
{
    private readonly RollingFile _file;
    private readonly bool _json;
    private readonly LogDirectoryClaim? _claim;

    /// <summary>Initializes a sink and opens its file, after what it holds already.</summary>
    /// <param name="path">
    /// The file; its directory is created if it is missing. If another sink, of this process or another one, has the file, this one
    /// writes <c>name.2.log</c> in place of <c>name.log</c>, and so on.
    /// </param>
    /// <param name="json">Whether JSON lines are written, instead of text.</param>
    /// <param name="maxSize">The bytes at which the file is rotated; 0 for never.</param>
    /// <param name="backups">How many rotated files are kept.</param>
    /// <param name="interval">How often the file is rotated by time; its boundaries are in local time.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public RollingFileSink(string path, bool json, long maxSize, int backups, RotationInterval interval = RotationInterval.Never)
        : this(path, json, maxSize, backups, interval, BackupFormat.Gzip, mode: null, description: null)
    {
    }

    /// <summary>Initializes a sink of a log's own file.</summary>
    internal RollingFileSink(string path, bool json, long maxSize, int backups, RotationInterval interval, BackupFormat format, UnixFileMode? mode, LogFileDescription? description)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(maxSize);
        ArgumentOutOfRangeException.ThrowIfNegative(backups);
        FileSizeSignal.Handle();
        path = Path.GetFullPath(path);
        _claim = description is null ? TryClaim(path) : null;
        try
        {
            _file = new RollingFile(_claim?.PathOf(path) ?? path, maxSize, backups, interval == RotationInterval.Never ? null : new RotationClock(interval, TimeZoneInfo.Local), format, mode);
        }
        catch
        {
            _claim?.Dispose();
            throw;
        }

        if (_claim is not null)
        {
            _file.BeforeMadeAnew = () => _claim.Renew(null);
        }

        _json = json;
        Description = description ?? new LogFileDescription(_file.Path, path, json, LogFileRecords.Sink, []);
    }

    internal RollingFile File => _file;

    /// <summary>Gets the file as a journal describes it.</summary>
    internal LogFileDescription Description { get; }

    /// <inheritdoc/>
    public void Write(in LogRecord record) => _file.Append(_json ? record.JsonLine : record.TextLine, record.Timestamp.Ticks);

    /// <inheritdoc/>
    public void Flush() => _file.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        finally
        {
            _claim?.Dispose();
        }
    }

    private static LogDirectoryClaim? TryClaim(string path)
    {
        try
        {
            return LogDirectoryClaim.Take(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        }
        catch (UnauthorizedAccessException)
        {
            // A writable file in a read-only directory: no other file can be created there.
            return null;
        }
    }
}
