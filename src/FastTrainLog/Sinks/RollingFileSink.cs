using FastTrainLog.Backend;

namespace FastTrainLog.Sinks;

/// <summary>Writes records to a rolling file, as text or as JSON lines.</summary>
/// <remarks>Safe to give to one log; the backend calls it from one thread.</remarks>
public sealed class RollingFileSink : ILogSink
{
    private readonly RollingFile _file;
    private readonly bool _json;

    /// <summary>Initializes a sink and opens its file, behind what it holds already.</summary>
    /// <param name="path">The file; its directory is created where it is missing.</param>
    /// <param name="json">Whether JSON lines are written, instead of text.</param>
    /// <param name="maxSize">The bytes at which the file is rotated; 0 for never.</param>
    /// <param name="backups">How many rotated files are kept.</param>
    /// <param name="interval">How often the file is rotated by time; its boundaries are those of the local time.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public RollingFileSink(string path, bool json, long maxSize, int backups, RotationInterval interval = RotationInterval.Never)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(maxSize);
        ArgumentOutOfRangeException.ThrowIfNegative(backups);
        _file = new RollingFile(path, maxSize, backups, interval == RotationInterval.Never ? null : new RotationClock(interval, TimeZoneInfo.Local));
        _json = json;
    }

    internal RollingFile File => _file;

    /// <inheritdoc/>
    public void Write(in LogRecord record) => _file.Append(_json ? record.JsonLine : record.TextLine, record.Timestamp.Ticks);

    /// <inheritdoc/>
    public void Flush() => _file.Flush();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
