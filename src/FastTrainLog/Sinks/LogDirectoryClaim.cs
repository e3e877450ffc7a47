using System.Globalization;

namespace FastTrainLog.Sinks;

/// <summary>A log's claim on the file names in its directory: a second process there, or a second log, gets names of its own.</summary>
/// <remarks>The claim is a lock on a hidden file, so the system gives it up when the process dies, however it dies.</remarks>
internal sealed class LogDirectoryClaim : IDisposable
{
    private const int MostLogs = 1000;

    private readonly FileStream _lock;
    private readonly int _number;

    private LogDirectoryClaim(FileStream held, int number)
    {
        _lock = held;
        _number = number;
    }

    public static LogDirectoryClaim Take(string directory)
    {
        Directory.CreateDirectory(directory);
        for (int number = 1; ; number++)
        {
            string path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $".fasttrainlog.{number}.lock"));
            try
            {
                return new LogDirectoryClaim(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), number);
            }
            catch (IOException) when (number < MostLogs && File.Exists(path))
            {
                // Somebody else's: the next number.
            }
        }
    }

    /// <summary>Returns the name of a file: <c>main.log</c>, or <c>main.2.log</c> for the second log in the directory.</summary>
    public string NameOf(string name, string extension) =>
        _number == 1 ? name + extension : string.Create(CultureInfo.InvariantCulture, $"{name}.{_number}{extension}");

    public void Dispose() => _lock.Dispose();
}
