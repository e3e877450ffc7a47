using System.Runtime.InteropServices;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>Writes to the terminal by the system call, without the framework's locks, and never throws: a closed terminal must not end a training.</summary>
internal sealed partial class TerminalDescriptor(int descriptor)
{
    private const int Interrupted = 4;
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnBsd = 35;

    public static TerminalDescriptor Output { get; } = new(1);

    public static TerminalDescriptor Error { get; } = new(2);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written = Write(descriptor, bytes, (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case WouldBlockOnLinux or WouldBlockOnBsd:
                    // Another program made the terminal non-blocking for all processes that share it.
                    Thread.Sleep(1);
                    break;
                default:
                    return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nuint count);
}
