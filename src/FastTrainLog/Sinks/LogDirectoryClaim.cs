using System.Globalization;

namespace FastTrainLog.Sinks;

/// <summary>A log's claim on the file names in its directory: a second process there, or a second log, gets names of its own.</summary>
/// <remarks>The claim is a lock on a hidden file, so the system gives it up when the process dies, however it dies.</remarks>
internal sealed class LogDirectoryClaim : IDisposable
{
    private const int MostLogs = 1000;

    private FileStream _lock;
    private bool _isGone;

    private LogDirectoryClaim(FileStream held, int number)
    {
        _lock = held;
        Number = number;
    }

    /// <summary>Gets the number of the log: 1 for the first in its directory.</summary>
    public int Number { get; }

    /// <summary>Takes the names of the first number that is free.</summary>
    public static LogDirectoryClaim Take(string directory)
    {
        Directory.CreateDirectory(directory);
        for (int number = 1; ; number++)
        {
            // Where it is somebody else's: the next number.
            if (TryTake(directory, number) is { } claim)
            {
                return claim;
            }
        }
    }

    /// <summary>Takes the names of a given number.</summary>
    /// <returns>The claim; null where a log that lives has it.</returns>
    public static LogDirectoryClaim? TryTake(string directory, int number)
    {
        try
        {
            return Open(directory, number, FileMode.OpenOrCreate);
        }
        catch (IOException) when (number < MostLogs && File.Exists(PathOf(directory, number)))
        {
            return null;
        }
    }

    /// <summary>Claims every log of a directory that no living process writes, among those that were ever written there.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="live">The numbers of the others.</param>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public static List<LogDirectoryClaim> TakeUnused(string directory, out List<int> live)
    {
        var claims = new List<LogDirectoryClaim>();
        live = [];
        for (int number = 1; number <= MostLogs && File.Exists(PathOf(directory, number)); number++)
        {
            try
            {
                claims.Add(Open(directory, number, FileMode.Open));
            }
            catch (IOException)
            {
                live.Add(number);
            }
        }

        return claims;
    }

    /// <summary>Makes the claim hold again where its hidden file was deleted from outside, with the whole directory say.</summary>
    /// <exception cref="IOException">Another log has taken the names meanwhile.</exception>
    public void Renew()
    {
        // Another log's file may stand in its place by now. Nobody writes to them, so their times are those at which they were made.
        _isGone |= !File.Exists(_lock.Name) || File.GetLastWriteTimeUtc(_lock.Name) != File.GetLastWriteTimeUtc(_lock.SafeFileHandle);
        if (_isGone)
        {
            var held = new FileStream(_lock.Name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            _lock.Dispose();
            _lock = held;
            _isGone = false;
        }
    }

    /// <summary>Returns the name of a file: <c>main.log</c>, or <c>main.2.log</c> for the second log in the directory.</summary>
    public string NameOf(string name, string extension) =>
        Number == 1 ? name + extension : string.Create(CultureInfo.InvariantCulture, $"{name}.{Number}{extension}");

    public void Dispose() => _lock.Dispose();

    private static LogDirectoryClaim Open(string directory, int number, FileMode mode) =>
        new(new FileStream(PathOf(directory, number), mode, FileAccess.ReadWrite, FileShare.None), number);

    private static string PathOf(string directory, int number) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $".fasttrainlog.{number}.lock"));
}
