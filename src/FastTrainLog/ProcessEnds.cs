using System.Runtime.InteropServices;
using System.Runtime.Loader;
using FastTrainLog.Platform;

namespace FastTrainLog;

/// <summary>Makes the logs of a process record how it ends and flush: a return from Main, Exit, a signal, an unhandled exception.</summary>
/// <remarks>
/// Each ends within <see cref="TrainLogOptions.ShutdownTimeout"/>. A signal's own effect stays, and so do other handlers of it: .NET calls the
/// last registered one first, and whether another one lets the program continue is not known here. So on a signal logs are flushed and continue.
/// </remarks>
internal static class ProcessEnds
{
    private static readonly Lock Gate = new();
    private static TrainLogging[] Open = [];
    private static PosixSignalRegistration[] Signals = [];
    private static bool IsHooked;

    // The log that was closed last: an exception that leaves an async Main disposes of a using variable before the runtime reports it as unhandled.
    private static ClosedLog? Closed;

    public static void Add(TrainLogging logging)
    {
        lock (Gate)
        {
            Hook();
            Open = [.. Open, logging];
            if (Signals.Length == 0 && !OperatingSystem.IsBrowser())
            {
                Signals = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
            }
        }
    }

    public static void Remove(TrainLogging logging, ClosedLog closed)
    {
        lock (Gate)
        {
            Open = [.. Open.Where(other => other != logging)];
            Closed = closed;
            if (Open.Length == 0)
            {
                ForgetSignals();
            }
        }
    }

    private static void Hook()
    {
        if (IsHooked)
        {
            return;
        }

        IsHooked = true;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        TaskScheduler.UnobservedTaskException += OnUnobservedException;
        AssemblyLoadContext.Default.Unloading += OnProcessExiting;
        PluginContext.OnUnload(Unhook);
    }

    private static void Unhook()
    {
        lock (Gate)
        {
            AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            TaskScheduler.UnobservedTaskException -= OnUnobservedException;
            AssemblyLoadContext.Default.Unloading -= OnProcessExiting;
            ForgetSignals();
            IsHooked = false;
        }
    }

    private static void ForgetSignals()
    {
        Array.ForEach(Signals, registration => registration.Dispose());
        Signals = [];
    }

    // The runtime raises this event before ProcessExit, whose handlers it calls in order: so handlers registered since can still log.
    private static void OnProcessExiting(AssemblyLoadContext context)
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    private static void OnProcessExit(object? sender, EventArgs e)
    {
        foreach (TrainLogging logging in Volatile.Read(ref Open))
        {
            logging.Runs.EndWithProcess(Environment.ExitCode);
        }
    }

    private static void OnUnhandledException(object sender, UnhandledExceptionEventArgs e)
    {
        // Other exceptions are wrapped, unless an assembly requests them unwrapped.
        if (e.ExceptionObject is not Exception exception)
        {
            return;
        }

        TrainLogging[] open = Volatile.Read(ref Open);
        foreach (TrainLogging logging in open)
        {
            logging.Runs.EndByCrash(exception);
        }

        if (open.Length == 0)
        {
            Closed?.LogCrash(exception);
        }
    }

    private static void OnUnobservedException(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        foreach (TrainLogging logging in Volatile.Read(ref Open))
        {
            logging.Runs.LogUnobserved(e.Exception);
        }
    }

    private static void OnSignal(PosixSignalContext context)
    {
        foreach (TrainLogging logging in Volatile.Read(ref Open))
        {
            // Cancelled by a handler that was registered later, and so called before.
            logging.Runs.NoteSignal(context.Signal.ToString(), isHandled: context.Cancel);
        }
    }
}
