using System.Runtime.InteropServices;
using System.Text;

namespace FastTrainLog.Platform;

/// <summary>Reports what a log can report nowhere else.</summary>
/// <remarks>
/// On a separate thread, which is abandoned if it blocks: the terminal may be paused, and the framework makes standard error wait for a write to standard
/// output that is in progress. Neither the end of a log nor that of the process waits for it; if the framework's call blocks, a system call is tried.
/// </remarks>
internal static partial class StandardError
{
    private const int Descriptor = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // The threads that blocked the last time.
    private static Thread? Blocked;
    private static Thread? BlockedBySystem;

    /// <summary>Writes a line, if that is possible within two seconds.</summary>
    public static void WriteLine(string line)
    {
        if (!TryRun(ref Blocked, () => WriteByFramework(line)) && !OperatingSystem.IsWindows())
        {
            TryRun(ref BlockedBySystem, () => WriteBySystem(line));
        }
    }

    private static bool TryRun(ref Thread? blocked, ThreadStart write)
    {
        if (Volatile.Read(ref blocked) is { IsAlive: true })
        {
            return false;
        }

        var thread = new Thread(write) { IsBackground = true, Name = "FastTrainLog standard error" };
        try
        {
            thread.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // The process may have no further thread.
            return false;
        }

        if (thread.Join(Patience))
        {
            return true;
        }

        Volatile.Write(ref blocked, thread);
        return false;
    }

    private static void WriteByFramework(string line)
    {
        try
        {
            Console.Error.WriteLine(line);
        }
        catch (Exception)
        {
            // It often goes to a file on the full disk itself. A message about that must not end a training loop.
        }
    }

    private static void WriteBySystem(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line + Environment.NewLine);
        // A terminal or a file takes it completely; what a full pipe does not take is lost.
        _ = Write(Descriptor, bytes, (nuint)bytes.Length);
    }

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, byte[] bytes, nuint count);
}
