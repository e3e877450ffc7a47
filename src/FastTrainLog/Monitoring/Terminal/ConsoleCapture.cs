using System.Reflection;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>While live lines are shown, replaces <see cref="Console.Out"/> and <see cref="Console.Error"/> by writers that write above them.</summary>
/// <remarks>
/// Only if these are the framework's own and write to the terminal: a program that has redirected them keeps its redirection. The writers write directly to the
/// terminal. Forwarding to the framework's writer would take two locks in the opposite order of a thread that has kept that writer.
/// </remarks>
internal sealed class ConsoleCapture(LiveScreen screen)
{
    private (TextWriter Theirs, TextWriter Ours)? _out;
    private (TextWriter Theirs, TextWriter Ours)? _error;

    public void Begin()
    {
        // The framework's stream on Windows takes no lock, but it translates code pages, which the descriptor does not.
        if (OperatingSystem.IsWindows() || _out is not null || _error is not null)
        {
            return;
        }

        _out = Replace(Console.Out, error: null, Console.SetOut, static () => Console.Out);
        _error = Console.IsErrorRedirected ? null : Replace(Console.Error, TerminalDescriptor.Error, Console.SetError, static () => Console.Error);
    }

    public void End()
    {
        Restore(ref _out, Console.SetOut, Console.Out);
        Restore(ref _error, Console.SetError, Console.Error);
    }

    private static void Restore(ref (TextWriter Theirs, TextWriter Ours)? replaced, Action<TextWriter> set, TextWriter current)
    {
        if (replaced is { } pair && ReferenceEquals(current, pair.Ours))
        {
            set(pair.Theirs);
        }

        replaced = null;
    }

    private (TextWriter Theirs, TextWriter Ours)? Replace(TextWriter theirs, TerminalDescriptor? error, Action<TextWriter> set, Func<TextWriter> get)
    {
        if (!IsFrameworks(theirs))
        {
            return null;
        }

        set(new RoomMakingWriter(screen, error, theirs.Encoding));
        return (theirs, get());
    }

    // Another framework version may keep it elsewhere: its output is then not separated from the live lines.
    private static bool IsFrameworks(TextWriter writer) =>
        Type.GetType("System.IO.TextWriter+SyncTextWriter, System.Private.CoreLib") is { } synchronized
        && synchronized.IsInstanceOfType(writer)
        && synchronized.GetField("_out", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(writer) is StreamWriter { BaseStream: { } stream }
        && stream.GetType().Assembly == typeof(Console).Assembly;
}
