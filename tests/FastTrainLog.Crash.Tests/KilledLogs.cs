using FastTrainLog.Files;
using FastTrainLog.Journals;
using FastTrainLog.Sinks;

namespace FastTrainLog.Crash.Tests;

/// <summary>Directories of logs whose processes were killed.</summary>
internal static class KilledLogs
{
    /// <summary>Deletes a directory, and the journals in memory of the logs in it, which would keep their memory and be read by every <c>doctor</c>.</summary>
    public static void Delete(string root)
    {
        foreach (string directory in Directory.GetDirectories(root, "*", SearchOption.AllDirectories).Append(root))
        {
            using OpenDirectory opened = OpenDirectory.Open(directory);
            if (LogDirectoryMark.TryRead(opened) is not { } mark)
            {
                continue;
            }

            using JournalFolders folders = JournalFolders.Open(directory, mayMake: false);
            foreach (OpenDirectory folder in folders.Folders)
            {
                foreach (string name in folder.Names(JournalName.PrefixOf(mark), JournalName.Extension).ToArray())
                {
                    File.Delete(Path.Combine(folder.Path, name));
                }
            }
        }

        Directory.Delete(root, recursive: true);
    }
}
