using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Frontend;

/// <summary>A signal that any thread may set and one thread waits for, with a timeout.</summary>
/// <remarks>
/// On Linux an event file descriptor: the thread that waits sleeps in the kernel alone, which takes less processor time than the
/// framework's events. Elsewhere, and if there is no descriptor left, it is one of those.
/// </remarks>
internal sealed partial class WakeSignal
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const short Readable = 1;

    private readonly SafeFileHandle? _descriptor;
    private readonly AutoResetEvent? _event;

    public WakeSignal()
    {
        _descriptor = TryCreate();
        _event = _descriptor is null ? new AutoResetEvent(false) : null;
    }

    /// <summary>Ends the wait, or the next one.</summary>
    public void Set()
    {
        if (_descriptor is null)
        {
            _event!.Set();
            return;
        }

        // It fails where the count is full, which only says that it is set already.
        long one = 1;
        _ = Write(_descriptor, in one, sizeof(long));
    }

    /// <summary>Waits for the signal; an interruption by the system may end the wait too.</summary>
    public void Wait(TimeSpan timeout)
    {
        if (_descriptor is null)
        {
            _event!.WaitOne(timeout);
            return;
        }

        var poll = new PollDescriptor { Descriptor = (int)_descriptor.DangerousGetHandle(), Events = Readable };
        if (Poll(ref poll, 1, (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue)) > 0)
        {
            _ = Read(_descriptor, out _, sizeof(long));
        }

        GC.KeepAlive(this);
    }

    private static SafeFileHandle? TryCreate()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        int descriptor = EventDescriptor(0, NonBlocking | CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "eventfd")]
    private static partial int EventDescriptor(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(SafeFileHandle descriptor, out long value, nuint size);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(SafeFileHandle descriptor, in long value, nuint size);
}
