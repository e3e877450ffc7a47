using System.IO.Hashing;
using System.Text;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Indexing;

/// <summary>The location of the index of a log directory: in it, or, if it cannot be written, in the user's cache directory.</summary>
internal static class IndexFile
{
    /// <summary>The name in a log directory; no file of a log begins with a dot.</summary>
    public const string Name = ".fasttrainlog.index";

    /// <summary>SQLite's name for a database without a file.</summary>
    public const string InMemory = ":memory:";

    /// <summary>Opens the index; an unusable one is rebuilt.</summary>
    /// <param name="directory">The log directory.</param>
    /// <returns>The index, or null if it cannot be written anywhere or another process locks it for a long time.</returns>
    public static (IndexStore Store, string Path)? Open(string directory)
    {
        foreach (string path in Places(directory))
        {
            if (TryOpen(path) is { } store)
            {
                return (store, path);
            }
        }

        return null;
    }

    /// <summary>Returns the files of a log directory that may be its index, to be opened by <see cref="IndexStore.OpenExisting"/>: two if that in the directory is somebody else's.</summary>
    public static IEnumerable<string> Existing(string directory) => Places(directory).Where(File.Exists);

    /// <summary>Opens the index in the user's cache directory in place of one that may be read only, as a copy of it if there is none yet.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="path">The file that may be read only.</param>
    /// <param name="readOnly">The index in it.</param>
    /// <returns>The index; null if that is what may be read only, or it cannot be written either.</returns>
    public static (IndexStore Store, string Path)? OpenCached(string directory, string path, IndexStore readOnly)
    {
        string cached = Places(directory).Last();
        if (path == cached || path == InMemory)
        {
            return null;
        }

        if (!File.Exists(cached))
        {
            TryCopy(readOnly, cached);
        }

        return TryOpen(cached) is { } store ? (store, cached) : null;
    }

    /// <summary>Deletes an index, with SQLite's own files for it.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(path + "-journal");
    }

    /// <summary>Returns whether an exception means that an index is damaged, and not that it is inaccessible.</summary>
    public static bool IsDamage(Exception exception) => exception is InvalidDataException
        || exception is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_FORMAT or SQLitePCL.raw.SQLITE_ERROR };

    /// <summary>Returns whether an exception means that an index may be read only.</summary>
    public static bool IsReadOnly(SqliteException exception) => exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN;

    private static IEnumerable<string> Places(string directory)
    {
        string full = Path.GetFullPath(directory);
        yield return Path.Combine(full, Name);
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home ? home
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        yield return Path.Combine(cache, "fasttrainlog", $"{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(full)):x16}.index");
    }

    // Without it the log is read from its beginning, once.
    private static void TryCopy(IndexStore store, string path)
    {
        string unfinished = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            store.CopyTo(unfinished);
            File.Move(unfinished, path);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            File.Delete(unfinished);
        }
    }

    private static IndexStore? TryOpen(string path)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                if (!Path.GetFileName(path).Equals(Name, StringComparison.Ordinal))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                }

                return IndexStore.Open(path);
            }
            catch (Exception exception) when (IsDamage(exception) && attempt == 0)
            {
                try
                {
                    Delete(path);
                }
                catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
                {
                    return null;
                }
            }
            catch (Exception exception) when (exception is SqliteException or InvalidDataException or IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        return null;
    }
}
