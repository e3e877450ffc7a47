using System.IO.Pipes;
using FastTrainLog.Files;

namespace FastTrainLog.Control;

/// <summary>A named pipe of the current user, with an empty file of the same name in the log directory, by which it is found.</summary>
internal sealed class ControlPipe : ControlListener
{
    private readonly string _directory;
    private readonly string _name;
    private NamedPipeServerStream _next;

    private ControlPipe(string directory, string name)
    {
        _directory = directory;
        _name = name;
        _next = NewServer(name);
    }

    public override string Address => Path.Combine(_directory, _name);

    public static new ControlPipe Open(string directory)
    {
        DeleteStale(directory);
        var pipe = new ControlPipe(directory, NewName());
        try
        {
            // Once the pipe is there: what has a file is no dead process's.
            File.OpenHandle(pipe.Address, FileMode.CreateNew, FileAccess.Write).Dispose();
            return pipe;
        }
        catch
        {
            pipe._next.Dispose();
            throw;
        }
    }

    public static async Task<Stream?> ConnectAsync(string name, CancellationToken cancellationToken)
    {
        var client = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        try
        {
            // A pipe that there is not is waited for: no more than a moment, in which its server may be between two clients.
            await client.ConnectAsync(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch (TimeoutException)
        {
            await client.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async Task<(Stream Stream, ControlPeer Peer)?> AcceptAsync(CancellationToken cancellationToken)
    {
        await _next.WaitForConnectionAsync(cancellationToken).ConfigureAwait(false);
        NamedPipeServerStream client = _next;
        _next = NewServer(_name);
        return (client, new ControlPeer(Environment.UserName, null, null));
    }

    public override void Dispose()
    {
        try
        {
            File.Delete(Address);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What stays behind is deleted by the next run in the directory: there is no pipe any more.
        }

        _next.Dispose();
    }

    private static NamedPipeServerStream NewServer(string name) =>
        new(name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);

    private static void DeleteStale(string directory)
    {
        using OpenDirectory opened = OpenDirectory.Open(directory);
        HashSet<string> pipes = [.. Directory.EnumerateFiles(@"\\.\pipe\").Select(Path.GetFileName).OfType<string>()];
        foreach (string name in opened.Names(Prefix, string.Empty).Where(name => IsName(name) && !pipes.Contains(name)))
        {
            opened.Delete(name);
        }
    }
}
