namespace FastTrainLog.Tool;

/// <summary>What the command returns to the shell.</summary>
internal static class ExitCodes
{
    /// <summary>Success.</summary>
    public const int Success = 0;

    /// <summary>It could not: no log there, a file that cannot be written.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>It was interrupted by Ctrl+C: 128 plus the number of the signal, as in shells.</summary>
    public const int Interrupted = 130;

    /// <summary>It was terminated by SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>The command that was to be started may not be executed, as in shells.</summary>
    public const int CommandNotExecutable = 126;

    /// <summary>The command that was to be started does not exist, as in shells.</summary>
    public const int CommandNotFound = 127;

    /// <summary>The doctor found an error.</summary>
    public const int Error = 3;
}
