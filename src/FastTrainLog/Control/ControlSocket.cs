using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using FastTrainLog.Files;

namespace FastTrainLog.Control;

/// <summary>A Unix-domain socket in the log directory, of mode 0600.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ControlSocket : ControlListener
{
    // The address of a socket has at most 107 bytes on Linux, 103 on macOS.
    private const int MostPathBytes = 103;
    private const int MostWaiting = 64;

    private static readonly TimeSpan PauseBeforeRetry = TimeSpan.FromMilliseconds(20);

    // While a socket has this name nobody connects to it, and it is not taken for one of a dead process.
    private const string Unfinished = ".new";

    // SOL_SOCKET and SO_PEERCRED of Linux; MIPS and SPARC, on which .NET does not run, have others.
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    private readonly OpenDirectory _directory;
    private readonly Socket _socket;
    private readonly string _name;

    private ControlSocket(OpenDirectory directory, Socket socket, string name)
    {
        _directory = directory;
        _socket = socket;
        _name = name;
    }

    public override string Address => _directory.PathOf(_name);

    public static new ControlSocket Open(string directory)
    {
        OpenDirectory opened = OpenDirectory.Open(directory);
        Socket socket = NewSocket();
        string name = NewName();
        try
        {
            DeleteStale(opened);
            using (SocketPath path = SocketPath.Of(opened, name + Unfinished))
            {
                Call(opened, () => socket.Bind(new UnixDomainSocketEndPoint(path.Text)));
            }

            try
            {
                // In this order: nobody can connect before it listens, and only this user may by then; and what has its final name listens.
                File.SetUnixFileMode(opened.PathOf(name + Unfinished), UnixFileMode.UserRead | UnixFileMode.UserWrite);
                Call(opened, () => socket.Listen(MostWaiting));
                opened.Rename(name + Unfinished, name);
            }
            catch
            {
                opened.Delete(name + Unfinished);
                throw;
            }

            return new ControlSocket(opened, socket, name);
        }
        catch
        {
            socket.Dispose();
            opened.Dispose();
            throw;
        }
    }

    public static new async Task<Stream?> ConnectAsync(string directory, string name, CancellationToken cancellationToken)
    {
        using OpenDirectory opened = OpenDirectory.Open(directory);
        // A link would lead to a socket of another directory.
        if (opened.StatusOf(name) is not { Kind: FileKind.Other })
        {
            return null;
        }

        using SocketPath path = SocketPath.Of(opened, name);
        while (true)
        {
            Socket socket = NewSocket();
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path.Text), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                switch (exception.SocketErrorCode)
                {
                    case SocketError.ConnectionRefused or SocketError.AddressNotAvailable:
                        return null;
                    case SocketError.AccessDenied:
                        throw new UnauthorizedAccessException($"{opened.PathOf(name)} belongs to another user.", exception);
                    case SocketError.WouldBlock:
                        // So many clients are waiting that the system refuses more.
                        await Task.Delay(PauseBeforeRetry, cancellationToken).ConfigureAwait(false);
                        break;
                    default:
                        throw new IOException($"{opened.PathOf(name)} cannot be connected to: {exception.Message}.", exception);
                }
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    public override async Task<(Stream Stream, ControlPeer Peer)?> AcceptAsync(CancellationToken cancellationToken)
    {
        Socket client;
        try
        {
            client = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new IOException($"{Address} takes no more connections: {exception.Message}.", exception);
        }

        try
        {
            if (PeerOf(client) is { } peer)
            {
                return (new NetworkStream(client, ownsSocket: true), peer);
            }
        }
        catch (SocketException)
        {
            // It has gone already.
        }

        client.Dispose();
        return null;
    }

    public override void Dispose()
    {
        try
        {
            _directory.Delete(_name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What stays behind is deleted by the next run in the directory: nothing listens there any more.
        }

        _socket.Dispose();
        _directory.Dispose();
    }

    // The mode of the file keeps others away on every system; where the kernel says who it is, it is not relied on alone.
    private static ControlPeer? PeerOf(Socket client)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new ControlPeer(Environment.UserName, null, null);
        }

        Span<byte> credentials = stackalloc byte[12];
        client.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        int process = MemoryMarshal.Read<int>(credentials);
        uint user = MemoryMarshal.Read<uint>(credentials[4..]);
        return user == FileSystem.User ? new ControlPeer(Environment.UserName, user, process)
            : user == 0 ? new ControlPeer("root", user, process)
            : null;
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    // What a process left that was killed. One of another user cannot be connected to, and is left alone.
    private static void DeleteStale(OpenDirectory directory)
    {
        foreach (string name in directory.Names(Prefix, string.Empty).Where(IsName))
        {
            using Socket probe = NewSocket();
            // The process may be stopped, with its queue full: then this would wait.
            probe.Blocking = false;
            try
            {
                using SocketPath path = SocketPath.Of(directory, name);
                probe.Connect(new UnixDomainSocketEndPoint(path.Text));
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && directory.StatusOf(name) is { Kind: FileKind.Other })
            {
                directory.Delete(name);
            }
            catch (SocketException)
            {
                // It is in use, another user's, or gone.
            }
        }
    }

    private static void Call(OpenDirectory directory, Action call)
    {
        try
        {
            call();
        }
        catch (SocketException exception)
        {
            throw new IOException($"{directory.Path} cannot have a socket: {exception.Message}.", exception);
        }
    }

    /// <summary>The path of a socket, made short enough by a detour through the open directory if it is too long.</summary>
    private readonly struct SocketPath : IDisposable
    {
        private readonly Microsoft.Win32.SafeHandles.SafeFileHandle? _handle;

        private SocketPath(string text, Microsoft.Win32.SafeHandles.SafeFileHandle? handle)
        {
            Text = text;
            _handle = handle;
        }

        public string Text { get; }

        public static SocketPath Of(OpenDirectory directory, string name)
        {
            string path = directory.PathOf(name);
            if (Encoding.UTF8.GetByteCount(path) <= MostPathBytes)
            {
                return new SocketPath(path, null);
            }

            if (!OperatingSystem.IsLinux())
            {
                throw new IOException($"{path} is too long for a socket, whose path may have {MostPathBytes} bytes: choose a log directory with a shorter path.");
            }

            var handle = FileSystem.OpenDirectory(directory.Path, followLink: true);
            return new SocketPath($"/proc/self/fd/{handle.DangerousGetHandle()}/{name}", handle);
        }

        public void Dispose() => _handle?.Dispose();
    }
}
