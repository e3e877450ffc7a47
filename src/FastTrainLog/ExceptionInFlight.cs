using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace FastTrainLog;

/// <summary>Finds the exception that is unwinding a thread, so that a run that <c>using</c> disposes of can log why it ended.</summary>
/// <remarks>
/// Dispose does not receive the exception that caused it. The runtime reports that there is one (<see cref="Marshal.GetExceptionPointers"/>), and the
/// exception itself is the last one that the thread threw. That is noted while any run is open: a store per exception thrown, which costs the runtime
/// itself some thousand times as much.
/// </remarks>
internal static class ExceptionInFlight
{
    [ThreadStatic]
    private static WeakReference<Exception>? Last;

    private static readonly Lock Gate = new();
    private static int Watchers;

    /// <summary>Starts noting exceptions.</summary>
    public static void Watch()
    {
        lock (Gate)
        {
            if (Watchers++ == 0)
            {
                AppDomain.CurrentDomain.FirstChanceException += Note;
            }
        }
    }

    /// <summary>Ends what <see cref="Watch"/> began; the last one to do so ends it for all.</summary>
    public static void Unwatch()
    {
        lock (Gate)
        {
            if (--Watchers == 0)
            {
                AppDomain.CurrentDomain.FirstChanceException -= Note;
            }
        }
    }

    /// <summary>Returns the exception that unwinds the calling thread, or whose handler it is in; null if there is none, or the runtime does not report it.</summary>
    public static Exception? OfThread() => IsUnwinding() && Last is { } last && last.TryGetTarget(out Exception? exception) ? exception : null;

    private static bool IsUnwinding()
    {
        try
        {
            return Marshal.GetExceptionPointers() != 0;
        }
        catch (PlatformNotSupportedException)
        {
            // NativeAOT.
            return false;
        }
    }

    private static void Note(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (Last is { } last)
        {
            last.SetTarget(thrown.Exception);
        }
        else
        {
            Last = new WeakReference<Exception>(thrown.Exception);
        }
    }
}
