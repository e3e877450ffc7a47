using System.Globalization;

namespace FastTrainLog.Tool.Launch;

/// <summary>The signals' numbers that are the same on Linux and macOS, and their names.</summary>
internal static class Signals
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Pipe = 13;
    public const int Terminate = 15;

    public static string NameOf(int signal) => signal switch
    {
        Hangup => "SIGHUP",
        Interrupt => "SIGINT",
        Quit => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        8 => "SIGFPE",
        Kill => "SIGKILL",
        11 => "SIGSEGV",
        Pipe => "SIGPIPE",
        14 => "SIGALRM",
        Terminate => "SIGTERM",
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
    };
}
