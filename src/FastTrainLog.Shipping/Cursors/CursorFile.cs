using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FastTrainLog.Files;
using FastTrainLog.State;

namespace FastTrainLog.Shipping.Cursors;

/// <summary>Keeps a cursor on the disk, and its directory to one shipper at a time.</summary>
/// <remarks>
/// A cursor that cannot be used is kept under another name, and shipping begins again: a record twice, and none lost.
/// </remarks>
internal sealed class CursorFile : IDisposable
{
    public const int Version = 3;

    private const string Prefix = ".fasttrainlog.ship.";
    private const string Extension = ".cursor";
    private const string Kind = "cursor";

    private readonly LockedFile _lock;

    private CursorFile(string path, LockedFile held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Gets its path.</summary>
    public string Path { get; }

    /// <summary>Gets whether the directory under the path is still the one that was opened: it was not renamed, deleted or replaced.</summary>
    public bool IsInPlace
    {
        get
        {
            try
            {
                using OpenDirectory place = OpenDirectory.Open(System.IO.Path.GetDirectoryName(Path)!, followLink: true);
                return place.StatusOf(LockOf(Path)) is { } found && found.IsSameFile(FileSystem.StatusOf(_lock.Handle));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>Gets the path of the file for refused records.</summary>
    public string QuarantinePath => System.IO.Path.ChangeExtension(Path, ".rejected.jsonl");

    /// <summary>Opens a cursor for one shipper.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="stateDirectory">Where cursors are kept; null for the log directory.</param>
    /// <param name="target">The target's name.</param>
    /// <exception cref="IOException">Another shipper has it, or it cannot be made.</exception>
    public static CursorFile Open(string directory, string? stateDirectory, string target)
    {
        string path = PathOf(directory, stateDirectory, target);
        string place = System.IO.Path.GetDirectoryName(path)!;
        if (stateDirectory is not null)
        {
            Directory.CreateDirectory(place);
        }

        using OpenDirectory opened = OpenDirectory.Open(place, followLink: true);
        LockedFile held = opened.TryOpenOrCreateLocked(LockOf(path))
            ?? throw new IOException($"Another process ships {directory} to {target} already: stop it, or give this target another name.");
        return new CursorFile(path, held);
    }

    /// <summary>Returns the names of the targets that a log directory was shipped to.</summary>
    public static IEnumerable<string> TargetsOf(string directory, string? stateDirectory)
    {
        string prefix = System.IO.Path.GetFileName(PathOf(directory, stateDirectory, string.Empty))[..^Extension.Length];
        string place = stateDirectory ?? directory;
        return Directory.Exists(place)
            ? Directory.EnumerateFiles(place, prefix + "*" + Extension).Select(file => System.IO.Path.GetFileName(file)[prefix.Length..^Extension.Length]).Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>Reads a cursor.</summary>
    /// <returns>The cursor; null if there is none.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    public static DirectoryProgress? Read(string path) => StateFile.Read(path, Kind, Version) is { } state ? Restore(state) : null;

    /// <summary>Writes the state of a cursor, as <see cref="Restore"/> reads it.</summary>
    /// <param name="progress">The cursor.</param>
    /// <param name="counters">The counters to write with it.</param>
    /// <param name="writer">Gets the state.</param>
    public static void Capture(DirectoryProgress progress, ShipCounters counters, StateWriter writer)
    {
        writer.Value(ref counters);
        progress.CarryLogs(writer);
    }

    /// <summary>Returns a cursor of a captured state.</summary>
    public static DirectoryProgress Restore(byte[] state)
    {
        var progress = new DirectoryProgress();
        progress.Carry(new StateReader(state));
        return progress;
    }

    public static string PathOf(string directory, string? stateDirectory, string target) => stateDirectory is null
        ? System.IO.Path.Combine(directory, $"{Prefix}{target}{Extension}")
        : System.IO.Path.Combine(stateDirectory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(directory)):x16}.{target}{Extension}"));

    private static string LockOf(string path) => System.IO.Path.GetFileName(path) + ".lock";

    /// <summary>Reads the cursor, or begins a new one; one that cannot be used is kept under another name.</summary>
    /// <param name="trouble">What is wrong with the one there; null if nothing is.</param>
    public DirectoryProgress ReadOrBegin(out string? trouble)
    {
        trouble = null;
        try
        {
            return Read(Path) ?? new DirectoryProgress();
        }
        catch (InvalidDataException exception)
        {
            string kept = Path + ".unusable";
            File.Move(Path, kept, overwrite: true);
            trouble = $"The cursor {Path} cannot be used, because {exception.Message}. It is kept as {kept}, and the log is shipped from its beginning: what the target has already is sent again.";
            return new DirectoryProgress();
        }
    }

    /// <summary>Stores a captured state.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    public void Store(ReadOnlySpan<byte> state) => StateFile.Write(Path, Kind, Version, state);

    public void Dispose() => _lock.Dispose();
}
