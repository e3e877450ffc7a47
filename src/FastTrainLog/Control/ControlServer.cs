using System.Text.Json;

namespace FastTrainLog.Control;

/// <summary>Serves the clients of a listener: each sends one command and gets one answer.</summary>
/// <remarks>
/// It runs on the thread pool and never on a thread that trains. At most <see cref="MostClients"/> are served at once, the others wait; a client that is slow to send
/// or to read is left after <see cref="Patience"/>.
/// </remarks>
internal sealed class ControlServer : IDisposable
{
    public const int MostClients = 64;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly ControlListener _listener;
    private readonly IControllable _target;
    private readonly SemaphoreSlim _free = new(MostClients);
    private readonly CancellationTokenSource _end = new();

    public ControlServer(ControlListener listener, IControllable target)
    {
        _listener = listener;
        _target = target;
        // Without the activity and the scopes of the thread that starts the run, which are none of the commands'.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(AcceptAsync);
        }
    }

    /// <summary>Gets where clients connect to.</summary>
    public string Address => _listener.Address;

    /// <summary>Ends it; commands that are being answered still are.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _free.WaitAsync(_end.Token).ConfigureAwait(false);
                if (await TryAcceptAsync().ConfigureAwait(false) is { } client)
                {
                    _ = ServeAsync(client.Stream, client.Peer);
                }
                else
                {
                    _free.Release();
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The run has ended.
        }
    }

    private async Task<(Stream Stream, ControlPeer Peer)?> TryAcceptAsync()
    {
        try
        {
            return await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
        }
        catch (IOException) when (!_end.IsCancellationRequested)
        {
            // For example, the process has no more file descriptors: later it may have some.
            await Task.Delay(PauseAfterFailure, _end.Token).ConfigureAwait(false);
            return null;
        }
    }

    private async Task ServeAsync(Stream stream, ControlPeer peer)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                ControlReply? reply = null;
                try
                {
                    if (await ControlFrame.ReadAsync(stream, ControlFrame.MostCommandBytes, limit.Token).ConfigureAwait(false) is { } frame)
                    {
                        reply = JsonSerializer.Deserialize(frame.Span, ControlJson.Default.ControlCommand) is { } command
                            ? command.Problem() is { } problem ? _target.Refuse(problem, peer) : _target.Obey(command, peer)
                            : _target.Refuse("it is no command, but null", peer);
                    }
                }
                catch (InvalidDataException exception)
                {
                    reply = _target.Refuse(exception.Message, peer);
                }
                catch (JsonException exception)
                {
                    reply = _target.Refuse($"it is no command in JSON: {exception.Message}", peer);
                }

                if (reply is not null)
                {
                    await ControlFrame.WriteAsync(stream, reply, ControlJson.Default.ControlReply, limit.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client was too slow, or has gone.
        }
        finally
        {
            _free.Release();
        }
    }
}
