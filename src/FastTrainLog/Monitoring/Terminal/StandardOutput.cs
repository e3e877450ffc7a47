using System.Runtime.InteropServices;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>Standard output, as a live terminal if it supports the control sequences of ECMA-48.</summary>
internal sealed partial class StandardOutput : ITerminal
{
    private const int UsualColumns = 80;
    private const int UsualRows = 24;

    private readonly Stream? _stream;
    private int _columns = UsualColumns;
    private int _rows = UsualRows;

    public StandardOutput()
    {
        IsLive = !Console.IsOutputRedirected && ObeysSequences();
        HasColors = IsLive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        HasUnicode = Console.OutputEncoding.WebName.StartsWith("utf-", StringComparison.OrdinalIgnoreCase);
        // The framework's stream takes the lock of Console.Out, which a writing thread holds while it waits for this object.
        _stream = IsLive && !OperatingSystem.IsWindows() ? null : Console.OpenStandardOutput();
        if (IsLive)
        {
            // Made here, since the framework takes that lock for it too.
            _ = (Console.Out, Console.Error);
        }

        Measure();
    }

    public bool IsLive { get; }

    public bool HasColors { get; }

    public bool HasUnicode { get; }

    public int Columns => Volatile.Read(ref _columns);

    public int Rows => Volatile.Read(ref _rows);

    public void Measure()
    {
        if (IsLive)
        {
            Volatile.Write(ref _columns, Of(static () => Console.WindowWidth, UsualColumns));
            Volatile.Write(ref _rows, Of(static () => Console.WindowHeight, UsualRows));
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_stream is null)
        {
            TerminalDescriptor.Output.Write(bytes);
        }
        else
        {
            _stream.Write(bytes);
            _stream.Flush();
        }
    }

    private static int Of(Func<int> size, int usual)
    {
        try
        {
            // A terminal may have no size.
            return size() is > 0 and int known ? known : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }

    private static bool ObeysSequences() => OperatingSystem.IsWindows()
        ? TryObeyOnWindows()
        : Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    // Older consoles print the sequences as text unless processing is enabled.
    private static bool TryObeyOnWindows()
    {
        const int Output = -11;
        const uint Processed = 0x0004;
        nint handle = GetStdHandle(Output);
        return GetConsoleMode(handle, out uint mode) && ((mode & Processed) != 0 || SetConsoleMode(handle, mode | Processed));
    }

    [LibraryImport("kernel32.dll")]
    private static partial nint GetStdHandle(int handle);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetConsoleMode(nint handle, out uint mode);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleMode(nint handle, uint mode);
}
