namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks which logs of the directory running processes write.</summary>
internal static class ProcessCheck
{
    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        yield return Finding.Ok(state.LiveLogs.Count switch
        {
            0 => "no process writes here now",
            1 => $"one process writes here now: {FileOf(state.LiveLogs[0])} and the related files",
            _ => $"{state.LiveLogs.Count} processes write here now, each to its own files: {string.Join(", ", state.LiveLogs.Select(FileOf))} and the related files",
        });
    }

    private static string FileOf(int log) => log == 1 ? "main.log" : $"main.{log}.log";
}
