using System.CommandLine;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Commands;

/// <summary>The log directory that most commands are given.</summary>
internal static class LogDirectoryArgument
{
    public static Argument<string> Create() => new("directory") { Description = "The directory that the logs are in.", HelpName = "DIR" };

    /// <summary>Finds the directory's JSON lines.</summary>
    /// <exception cref="ToolException">There are none.</exception>
    public static IReadOnlyList<LogFile> FindFiles(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new ToolException(File.Exists(directory)
                ? $"'{directory}' is a file; give the directory that it is in."
                : $"There is no directory '{directory}'.");
        }

        IReadOnlyList<LogFile> files = LogFile.Find(directory);
        return files.Count > 0 ? files : throw new ToolException(
            $"There is no log in '{Path.GetFullPath(directory)}': it has no file run.jsonl. Give the LogDirectory of the run, and write it with EnableJsonLogging, which is on by default.");
    }
}
