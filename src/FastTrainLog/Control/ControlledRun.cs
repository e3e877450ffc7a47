using System.Text.Json;
using FastTrainLog.Files;

namespace FastTrainLog.Control;

/// <summary>A run of another process, or of this one, that takes commands: its options have <see cref="Training.TrainingRunOptions.EnableControl"/>.</summary>
/// <remarks>Thread-safe. Each call connects anew, so that nothing is held open.</remarks>
/// <example>
/// <code>
/// foreach (ControlledRun run in await ControlledRun.FindAsync("logs"))
/// {
///     ControlReply reply = await run.SendAsync(ControlCommand.Set("learning_rate", 0.0005));
///     Console.WriteLine($"{run.Status.RunId}: {reply.Message}");
/// }
/// </code>
/// </example>
public sealed class ControlledRun
{
    /// <summary>How long a run may take to answer.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _directory;
    private readonly string _name;

    private ControlledRun(string directory, string name, RunControlStatus status)
    {
        _directory = directory;
        _name = name;
        Status = status;
    }

    /// <summary>Gets the state of the run when it was found.</summary>
    public RunControlStatus Status { get; }

    /// <summary>Finds the runs that log to a directory and take commands, each rank for itself; those of other users are left out.</summary>
    /// <param name="logDirectory">The log directory.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The runs, by identifier and rank.</returns>
    /// <exception cref="IOException">The directory does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be read.</exception>
    public static async Task<IReadOnlyList<ControlledRun>> FindAsync(string logDirectory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(logDirectory);
        string[] names;
        using (OpenDirectory directory = OpenDirectory.Open(logDirectory))
        {
            names = [.. directory.Names(ControlListener.Prefix, string.Empty).Where(ControlListener.IsName)];
        }

        ControlledRun?[] found = await Task.WhenAll(names.Select(name => TryOpenAsync(logDirectory, name, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<ControlledRun>().OrderBy(run => run.Status.RunId, StringComparer.Ordinal).ThenBy(run => run.Status.Rank)];
    }

    /// <summary>Sends a command and waits for the answer, which comes at once: the command takes effect after the step that the run is in.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Ends the wait; the command may have been accepted.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="IOException">The run has ended, or its process does not answer within 10 seconds, for example because it is stopped.</exception>
    public async Task<ControlReply> SendAsync(ControlCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return await TrySendAsync(_directory, _name, command, cancellationToken).ConfigureAwait(false)
            ?? throw new IOException($"Run {Status.RunId} has ended, or its process {Status.ProcessId} has.");
    }

    private static async Task<ControlledRun?> TryOpenAsync(string directory, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await TrySendAsync(directory, name, ControlCommand.Status, cancellationToken).ConfigureAwait(false) is { Status: { } status }
                ? new ControlledRun(directory, name, status)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's; or a process that does not answer, and so could be told nothing.
            return null;
        }
    }

    private static async Task<ControlReply?> TrySendAsync(string directory, string name, ControlCommand command, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            if (await ControlListener.ConnectAsync(directory, name, limit.Token).ConfigureAwait(false) is not { } stream)
            {
                return null;
            }

            await using (stream.ConfigureAwait(false))
            {
                await ControlFrame.WriteAsync(stream, command, ControlJson.Default.ControlCommand, limit.Token).ConfigureAwait(false);
                return await ControlFrame.ReadAsync(stream, ControlFrame.MostReplyBytes, limit.Token).ConfigureAwait(false) is { } frame
                    ? JsonSerializer.Deserialize(frame.Span, ControlJson.Default.ControlReply)
                    : null;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The process of {Path.Combine(directory, name)} did not answer within {Patience.TotalSeconds} s.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new IOException($"The process of {Path.Combine(directory, name)} answered with something else than a log does: {exception.Message}", exception);
        }
    }
}
