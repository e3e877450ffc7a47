using System.Runtime.InteropServices;
using FastTrainLog.Platform;

namespace FastTrainLog.Sinks;

/// <summary>Keeps SIGXFSZ from ending the process: a write beyond <c>ulimit -f</c> then fails with an error, which is reported like any other.</summary>
/// <remarks>Child processes are not affected: unlike an ignored signal, a handled one has its default effect there.</remarks>
internal static class FileSizeSignal
{
    // Of Linux on all processors that .NET runs on, and of macOS.
    private const int Number = 25;

    // For the lifetime of the process: other code in it may write files too.
    private static readonly PosixSignalRegistration? Registration = Register();

    /// <summary>Handles the signal from here on.</summary>
    public static void Handle() => GC.KeepAlive(Registration);

    private static PosixSignalRegistration? Register()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return null;
        }

        var registration = PosixSignalRegistration.Create((PosixSignal)Number, static context => context.Cancel = true);
        PluginContext.OnUnload(registration.Dispose);
        return registration;
    }
}
