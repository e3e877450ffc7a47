using System.Runtime.InteropServices;

namespace FastTrainLog.Backend;

/// <summary>Writes out a log when its process ends without disposing it: a return from Main, Exit, SIGTERM, an unhandled exception.</summary>
/// <remarks>
/// Each ends within <see cref="TrainLogOptions.ShutdownTimeout"/>. .NET 10 raises no ProcessExit on SIGTERM, so that is watched
/// on its own; the signal's own effect stays: a program that does not handle SIGTERM still ends by it.
/// </remarks>
internal sealed class ProcessEnds : IDisposable
{
    // Held by the process's events: a log that nobody refers to any more must still be written out.
    private readonly TrainLogging _logging;
    private readonly PosixSignalRegistration? _terminate;

    public ProcessEnds(TrainLogging logging)
    {
        _logging = logging;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        if (!OperatingSystem.IsBrowser())
        {
            _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => FlushLog());
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        _terminate?.Dispose();
    }

    private void OnProcessExit(object? sender, EventArgs e) => _logging.Dispose();

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs e) => FlushLog();

    // A signal may be handled by the program, which then goes on logging: so the log is flushed, not ended.
    private void FlushLog() => _logging.FlushAtEnd();
}
