using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Tool.Launch;

/// <summary>A process with a process group of its own, started by posix_spawn: System.Diagnostics.Process has no groups, and does not tell an exit code from a signal.</summary>
/// <remarks>
/// A group of its own, so that Ctrl+C on the terminal reaches the launcher alone, which forwards it once. Invariant: the process is reaped under <see cref="_gate"/>, and signals are sent under it
/// and only before that, so that no signal reaches another process that has got its number.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed unsafe partial class ProcessGroup
{
    // More than any C library has: glibc's have 336, 80 and 128 bytes.
    private const int OpaqueBytes = 1024;

    private const short SetGroup = 2;
    private const short SetDefaultSignals = 4;
    private const short SetSignalMask = 8;

    private const int OfProcess = 1;
    private const int Exited = 4;
    private const int Interrupted = 4;
    private const int NotFound = 2;
    private const int NoAccess = 13;

    private static readonly int Keep = OperatingSystem.IsMacOS() ? 0x20 : 0x01000000;
    private static readonly int CodeOffset = 8;
    private static readonly int StatusOffset = OperatingSystem.IsMacOS() ? 20 : 24;
    private static readonly int BytesPerMemoryUnit = OperatingSystem.IsMacOS() ? 1 : 1024;

    private readonly Lock _gate = new();
    private bool _isReaped;

    private ProcessGroup(int id) => Id = id;

    /// <summary>Gets the number of the process, and of its group.</summary>
    public int Id { get; }

    /// <summary>Starts a command, found as a shell finds it; its standard input is empty.</summary>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="output">Where its standard output goes.</param>
    /// <param name="error">Where its standard error goes.</param>
    /// <exception cref="LaunchException">It cannot be started.</exception>
    public static ProcessGroup Start(string[] command, IEnumerable<KeyValuePair<string, string>> environment, SafeHandle output, SafeHandle error)
    {
        byte* actions = stackalloc byte[OpaqueBytes];
        byte* attributes = stackalloc byte[OpaqueBytes];
        byte* signals = stackalloc byte[OpaqueBytes];
        Check(InitializeActions(actions));
        Check(InitializeAttributes(attributes));
        nint[] arguments = Copy(command);
        nint[] variables = Copy([.. environment.Select(variable => $"{variable.Key}={variable.Value}")]);
        try
        {
            Check(AddOpen(actions, 0, "/dev/null", 0, 0));
            Check(AddDuplicate(actions, (int)output.DangerousGetHandle(), 1));
            Check(AddDuplicate(actions, (int)error.DangerousGetHandle(), 2));
            Check(SetFlags(attributes, SetGroup | SetDefaultSignals | SetSignalMask));
            Check(SetProcessGroup(attributes, 0));
            EmptySignals(signals);
            Check(SetMask(attributes, signals));
            // .NET ignores it, and a child would inherit that.
            AddSignal(signals, Signals.Pipe);
            Check(SetDefaults(attributes, signals));
            int result;
            int id;
            fixed (nint* argument = arguments)
            fixed (nint* variable = variables)
            {
                result = Spawn(out id, command[0], actions, attributes, argument, variable);
            }

            return result switch
            {
                0 => new ProcessGroup(id),
                NotFound => throw new LaunchException($"There is no command '{command[0]}'.", ExitCodes.CommandNotFound),
                NoAccess => throw new LaunchException($"The command '{command[0]}' may not be executed.", ExitCodes.CommandNotExecutable),
                _ => throw new LaunchException($"The command '{command[0]}' could not be started: {new Win32Exception(result).Message}.", ExitCodes.CommandNotExecutable),
            };
        }
        finally
        {
            Free(arguments);
            Free(variables);
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
            GC.KeepAlive(output);
            GC.KeepAlive(error);
        }
    }

    /// <summary>Waits until the process has ended. Its number stays in use until <see cref="Reap"/>.</summary>
    public ProcessEnd Wait()
    {
        const int ByExit = 1;
        byte* information = stackalloc byte[OpaqueBytes];
        while (WaitFor(OfProcess, Id, information, Exited | Keep) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new Win32Exception();
            }
        }

        int status = *(int*)(information + StatusOffset);
        return *(int*)(information + CodeOffset) == ByExit ? new ProcessEnd(status, null) : new ProcessEnd(null, status);
    }

    /// <summary>Kills what is left of the group after the end of the process, and returns what it used.</summary>
    public ProcessEnd Reap(ProcessEnd end)
    {
        // struct rusage: user and system time as seconds and microseconds, then the largest resident set.
        long* used = stackalloc long[OpaqueBytes / sizeof(long)];
        lock (_gate)
        {
            _ = SendSignal(-Id, Signals.Kill);
            _isReaped = true;
            return WaitAndUse(Id, out _, 0, used) != Id ? end : end with
            {
                ProcessorTime = TimeSpan.FromSeconds(used[0] + used[2]) + TimeSpan.FromMicroseconds((int)used[1] + (int)used[3]),
                PeakBytes = used[4] * BytesPerMemoryUnit,
            };
        }
    }

    /// <summary>Sends a signal to all processes of the group, unless it has been reaped.</summary>
    public void Send(int signal)
    {
        lock (_gate)
        {
            if (!_isReaped)
            {
                _ = SendSignal(-Id, signal);
            }
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    private static nint[] Copy(string[] texts)
    {
        var copies = new nint[texts.Length + 1];
        for (int i = 0; i < texts.Length; i++)
        {
            copies[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return copies;
    }

    private static void Free(nint[] copies) => Array.ForEach(copies, Marshal.FreeCoTaskMem);

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int id, string file, byte* actions, byte* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitializeActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitializeAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    private static partial int SetProcessGroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int EmptySignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static partial int AddSignal(byte* signals, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitFor(int kind, int id, byte* information, int options);

    [LibraryImport("libc", EntryPoint = "wait4")]
    private static partial int WaitAndUse(int id, out int status, int options, long* used);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
