using System.Runtime.InteropServices;

namespace DigitsTraining;

/// <summary>Turns Ctrl+C and SIGTERM into a request to end, so that the run can say in its log why it did.</summary>
/// <remarks>.NET 10 raises no ProcessExit on SIGTERM, so that without this the last records would depend on the runtime's default action.</remarks>
internal sealed class Interruption : IDisposable
{
    // By convention a process that a signal ended exits with 128 and the signal's number.
    private const int SignalExitCode = 128;
    private const int InterruptNumber = 2;
    private const int TerminateNumber = 15;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Request(context, InterruptNumber, "cancelled by Ctrl+C")),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Request(context, TerminateNumber, "terminated by SIGTERM")),
    ];

    public CancellationToken Token => _source.Token;

    public string? Reason { get; private set; }

    public int ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Request(PosixSignalContext context, int number, string reason)
    {
        // A second signal takes its default way, for a run that does not come to its end.
        context.Cancel = Reason is null;
        Reason ??= reason;
        ExitCode = SignalExitCode + number;
        _source.Cancel();
    }
}
