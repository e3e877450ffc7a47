using System.Runtime.InteropServices;

namespace FastTrainLog.Tool.Commands;

/// <summary>Long work that Ctrl+C and SIGTERM stop in order; a second signal ends the process at once.</summary>
internal static class Interruptible
{
    /// <summary>Does the work.</summary>
    /// <param name="work">The work, which checks its token at intervals.</param>
    /// <returns>What it returns, or the code of the signal that stopped it.</returns>
    public static int Run(Func<CancellationToken, int> work)
    {
        // Not disposed of: a signal may come at the very end.
        var source = new CancellationTokenSource();
        int code = ExitCodes.Interrupted;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCodes.Interrupted));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCodes.Terminated));
        try
        {
            return work(source.Token);
        }
        catch (OperationCanceledException)
        {
            return code;
        }

        void Stop(PosixSignalContext context, int exitCode)
        {
            context.Cancel = !source.IsCancellationRequested;
            code = exitCode;
            source.Cancel();
        }
    }
}
