using System.CommandLine;
using FastTrainLog.Ranks;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Commands;

/// <summary>The log directory that most commands are given.</summary>
internal static class LogDirectoryArgument
{
    public static Argument<string> Create() => new("directory") { Description = "The log directory.", HelpName = "DIR" };

    /// <summary>Finds the directory's JSON lines.</summary>
    /// <exception cref="ToolException">There are none.</exception>
    public static IReadOnlyList<LogFile> FindFiles(string directory)
    {
        RequireDirectory(directory);
        IReadOnlyList<LogFile> files = LogFile.Find(directory);
        return files.Count > 0 ? files : throw NoLog(directory);
    }

    /// <summary>Checks that there is a log in a directory or below it.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public static void RequireLogs(string directory)
    {
        RequireDirectory(directory);
        if (RunMembership.LogsOf(directory).Count == 0)
        {
            throw NoLog(directory);
        }
    }

    private static void RequireDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new ToolException(File.Exists(directory)
                ? $"'{directory}' is a file; give the directory that contains it."
                : $"There is no directory '{directory}'.");
        }
    }

    private static ToolException NoLog(string directory) => new(
        $"There is no log in '{Path.GetFullPath(directory)}': it has no file run.jsonl. Give the LogDirectory of the run, and write it with EnableJsonLogging, which is on by default.");
}
