namespace FastTrainLog.Control;

/// <summary>Where clients connect to: a socket, or on Windows a named pipe, that only the user of this process, and the system's administrator, can open.</summary>
/// <remarks>It is found by a file in the log directory, whose name begins with <see cref="Prefix"/>; without the directory nobody can find it, and with the directory nobody needs anything more.</remarks>
internal abstract class ControlListener : IDisposable
{
    /// <summary>What the names of the files begin with.</summary>
    public const string Prefix = ".fasttrainlog.control.";

    private const string Letters = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int NameLength = 10;

    /// <summary>Gets where it is, for people.</summary>
    public abstract string Address { get; }

    /// <summary>Opens one in a log directory, and deletes what killed processes left there.</summary>
    /// <exception cref="IOException">The directory cannot have one.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public static ControlListener Open(string directory) =>
        OperatingSystem.IsWindows() ? ControlPipe.Open(directory) : ControlSocket.Open(directory);

    /// <summary>Connects to a file of a log directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The connection; null if its process is gone.</returns>
    /// <exception cref="IOException">It cannot be connected to.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    public static Task<Stream?> ConnectAsync(string directory, string name, CancellationToken cancellationToken) =>
        OperatingSystem.IsWindows() ? ControlPipe.ConnectAsync(name, cancellationToken) : ControlSocket.ConnectAsync(directory, name, cancellationToken);

    /// <summary>Waits for a client.</summary>
    /// <returns>The connection, and who is at its other end; null for a client that may not send commands, or has gone.</returns>
    /// <exception cref="IOException">There can be no more clients.</exception>
    public abstract Task<(Stream Stream, ControlPeer Peer)?> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Ends it, and deletes its file.</summary>
    public abstract void Dispose();

    /// <summary>Returns a name that no other one has.</summary>
    protected static string NewName() => Prefix + System.Security.Cryptography.RandomNumberGenerator.GetString(Letters, NameLength);

    /// <summary>Returns whether a name is one of a complete listener.</summary>
    public static bool IsName(string name) =>
        name.Length == Prefix.Length + NameLength && name.StartsWith(Prefix, StringComparison.Ordinal) && name.AsSpan(Prefix.Length).IndexOfAnyExcept(Letters) < 0;
}
