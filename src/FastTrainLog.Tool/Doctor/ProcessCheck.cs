namespace FastTrainLog.Tool.Doctor;

/// <summary>Which logs of the directory living processes write.</summary>
internal static class ProcessCheck
{
    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        yield return Finding.Ok(state.LiveLogs.Count switch
        {
            0 => "no process writes here now",
            1 => $"one process writes here now: {FileOf(state.LiveLogs[0])} and its like",
            _ => $"{state.LiveLogs.Count} processes write here now, each to files of its own: {string.Join(", ", state.LiveLogs.Select(FileOf))} and their like",
        });
    }

    private static string FileOf(int log) => log == 1 ? "main.log" : $"main.{log}.log";
}
