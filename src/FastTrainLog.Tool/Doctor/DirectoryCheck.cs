using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks whether the log directory exists, and can be read and written.</summary>
internal static class DirectoryCheck
{
    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        string directory = state.Path;
        if (File.Exists(directory))
        {
            yield return Finding.Error($"{directory} is a file, not a directory", "name another directory in TrainLogOptions.LogDirectory, or move the file away");
            yield break;
        }

        if (!Directory.Exists(directory))
        {
            yield return Finding.Error(
                $"{directory} does not exist, so nothing was ever logged there",
                "the first start creates it; check TrainLogOptions.LogDirectory, the variable FASTTRAINLOG_LOG_DIRECTORY, and the working directory of the program");
            yield break;
        }

        if (Refusal(() => _ = Directory.GetFileSystemEntries(directory).Length) is { } unreadable)
        {
            yield return Finding.Error($"{directory} cannot be read: {unreadable}", $"chmod u+rx '{directory}', or run as the user who owns it");
            yield break;
        }

        if (Refusal(() => TryWrite(directory)) is { } unwritable)
        {
            yield return Finding.Error($"{directory} cannot be written: {unwritable}", $"chmod u+wx '{directory}', or run as the user who owns it");
        }
        else
        {
            yield return Finding.Ok($"{directory} can be read and written");
        }

        foreach (FoundFile file in state.Files.Where(file => !file.IsBackup))
        {
            if (Refusal(() => OpenForWriting(file.Path)) is { } refusal)
            {
                yield return Finding.Error($"{file.Path} cannot be written: {refusal}", $"chmod u+rw '{file.Path}', or delete it");
            }
        }
    }

    private static void TryWrite(string directory)
    {
        string probe = System.IO.Path.Combine(directory, $".fasttrainlog.doctor.{Environment.ProcessId}");
        using FileStream _ = new(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    private static void OpenForWriting(string path)
    {
        using FileStream _ = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    private static string? Refusal(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
