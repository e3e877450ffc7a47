using System.Globalization;
using FastTrainLog.Encryption;
using FastTrainLog.Files;

namespace FastTrainLog.Sinks;

/// <summary>The rotated files of one file: <c>main.log.1</c> is the youngest, <c>main.log.2</c> older, and so on, each plain or compressed (<c>main.log.2.gz</c>, <c>run.jsonl.2.cols</c>).</summary>
/// <remarks>
/// Where all are kept, there may be thousands, and a rotation must not rename each: there they are numbered from <see cref="HighestNumber"/> downwards and keep their names. In both cases the higher number is the older file.
/// Thread-safe: the backend rotates while <see cref="BackupKeeper"/> compresses and deletes.
/// </remarks>
/// <param name="path">The file that they were rotated out of.</param>
/// <param name="count">How many are kept.</param>
/// <param name="format">The format in which they are compressed, if they are.</param>
internal sealed class RotatedFiles(string path, int count, BackupFormat format = BackupFormat.Gzip)
{
    /// <summary>What a compression's file is called before it is complete, after the name of the file that rotates.</summary>
    public const string TemporaryExtension = ".gz.tmp";

    /// <summary>The count of a file all of whose rotated files are kept.</summary>
    public const int Unlimited = int.MaxValue;

    /// <summary>The number of the oldest of files that keep their names.</summary>
    public const int HighestNumber = 999_999_999;

    // Files that move up never have so high a number, and those that keep their names never so low a one.
    private const int LowestOfKept = HighestNumber / 2;

    private readonly Lock _gate = new();
    private int _unsettled;
    private int _compressing;

    // The number of the youngest file, if they keep their names; 0 until it is known.
    private int _youngest;
    private bool _isTrimmed;

    /// <summary>Gets the file that they were rotated out of.</summary>
    public string Path => path;

    /// <summary>Gets the format in which they are compressed, if they are.</summary>
    public BackupFormat Format => format;

    /// <summary>Gets the file that a compression writes to before it is complete.</summary>
    public string TemporaryPath => path + TemporaryExtension;

    /// <summary>Gets or sets what is called when rotated files may be compressed.</summary>
    public Action? OnSettled { get; set; }

    /// <summary>Rotates the file: it becomes number 1, the others move up, and what is above the count is deleted.</summary>
    public void Add()
    {
        lock (_gate)
        {
            if (count == 0)
            {
                File.Delete(path);
                return;
            }

            if (count == Unlimited)
            {
                AddBelow();
                _unsettled++;
                return;
            }

            MoveUp(path, count, Renumbered);
            _unsettled++;
            DeleteBeyondCount();
        }
    }

    /// <summary>Notes that a checkpoint covers the rotations so far: a recovery will cut none of these files back.</summary>
    public void Settle()
    {
        if (_unsettled > 0)
        {
            lock (_gate)
            {
                _unsettled = 0;
            }

            OnSettled?.Invoke();
        }
    }

    /// <summary>Removes what a kill in the middle of a compression or a reduction left.</summary>
    public void CleanUp()
    {
        lock (_gate)
        {
            File.Delete(TemporaryPath);
            // From one listing of the directory: there may be tens of thousands, and few have a second form.
            IGrouping<int, string>[] files = [.. NamesOf(path).GroupBy(file => file.Number, file => file.Name).OrderBy(file => file.Key)];
            int number = Youngest;
            foreach (IGrouping<int, string> file in files.SkipWhile(file => file.Key < Youngest).TakeWhile(file => file.Key == number))
            {
                number++;
                if (file.Skip(1).Any())
                {
                    DeleteReplaced(path, file.Key);
                }
            }

            if (number > Youngest + 1 && ReducedFile.Begins(ReducedNameOf(path, number - 2), with: ReducedNameOf(path, number - 1)))
            {
                // It was merged into the previous one, and was to be deleted next.
                File.Delete(ReducedNameOf(path, number - 1));
            }
        }
    }

    /// <summary>Opens the oldest file that is not compressed and may be.</summary>
    /// <returns>The file, to be followed by <see cref="EndCompression"/>; null if there is none.</returns>
    public FileStream? BeginCompression()
    {
        lock (_gate)
        {
            int first = Youngest + _unsettled;
            int next = first;
            while (File.Exists(NameOf(path, next)))
            {
                next++;
            }

            _compressing = next > first ? next - 1 : 0;
            return _compressing == 0 ? null : new FileStream(NameOf(path, _compressing), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
    }

    /// <summary>Replaces the opened file by the temporary one, even if rotations have renamed it meanwhile.</summary>
    /// <param name="isWhole">Whether it is all there; it is deleted otherwise.</param>
    public void EndCompression(bool isWhole) => End(isWhole, BackupEncoding.ExtensionOf(format), joined: false);

    /// <summary>Reduces a file of JSON lines to its lasting records, and merges it with the reduced files before it; does nothing if a recovery may have to truncate it.</summary>
    /// <remarks>
    /// A kill at any moment neither loses nor duplicates a record: the new file replaces the old one by a rename, and the files merged into it
    /// are deleted after that. Until then the new file begins with their bytes, by which readers and <see cref="CleanUp"/> recognise them.
    /// </remarks>
    /// <param name="file">The file as it was found.</param>
    /// <param name="key">The key with which the rest is encrypted; null to do so only if one of the files was.</param>
    /// <param name="isStopping">Whether to stop.</param>
    /// <returns>The bytes freed; null if it did nothing.</returns>
    public long? Reduce(RotatedFile file, BackupKey? key, Func<bool> isStopping)
    {
        FileStream? source = null;
        FileStream? before = null;
        try
        {
            lock (_gate)
            {
                if (file.Number < Youngest + _unsettled || !file.IsUnchanged)
                {
                    return null;
                }

                source = ReducedFile.Open(file.Path);
                before = ReducedFile.TryOpenReduced(ReducedNameOf(path, file.Number + 1));
                if (before is null && ReducedFile.Is(source))
                {
                    return null;
                }

                _compressing = file.Number;
            }

            return Reduce(source, before, key ?? (IsEncrypted(source) || IsEncrypted(before) ? BackupKeys.Read().FirstOrDefault() : null), isStopping);
        }
        finally
        {
            source?.Dispose();
            before?.Dispose();
        }
    }

    /// <summary>Deletes a rotated file, unless another one has its name by now.</summary>
    /// <param name="file">The file as it was found.</param>
    /// <returns>Whether it was deleted.</returns>
    public bool Delete(RotatedFile file)
    {
        lock (_gate)
        {
            return file.DeleteUnlessChanged();
        }
    }

    /// <summary>Returns the name of one of the youngest files.</summary>
    /// <param name="place">1 for the youngest, 2 for the next one, and so on.</param>
    public string NameOfYoungest(int place)
    {
        lock (_gate)
        {
            return NameOf(path, Youngest + place - 1);
        }
    }

    /// <summary>Returns the numbers of a file's rotated files, the youngest first.</summary>
    public static int[] NumbersOf(string path) => [.. NamesOf(path).Select(file => file.Number).Distinct().Order()];

    private static IEnumerable<(int Number, string Name)> NamesOf(string path)
    {
        string lead = System.IO.Path.GetFileName(path) + ".";
        string directory = System.IO.Path.GetDirectoryName(path)!;
        return !Directory.Exists(directory) ? []
            : Directory.EnumerateFiles(directory, lead + "*").Select(file => (NumberOf(System.IO.Path.GetFileName(file), lead), file)).Where(file => file.Item1 > 0);
    }

    /// <summary>Returns the number of a rotated file, 0 if the name is not that of one.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="lead">What is before the number.</param>
    public static int NumberOf(string name, string lead) =>
        name.StartsWith(lead, StringComparison.Ordinal) && int.TryParse(BackupEncoding.WithoutExtension(name).AsSpan(lead.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    /// <summary>Makes a file the youngest of its rotated files, without knowing how many are kept: as a rotation would have done it that was interrupted.</summary>
    public static void FinishRotation(string path)
    {
        if (NumbersOf(path) is [>= LowestOfKept and var youngest, ..])
        {
            FileSystem.MoveToFreeName(path, NameOf(path, youngest - 1));
        }
        else
        {
            MoveUp(path, Unlimited);
        }
    }

    /// <summary>Returns whether a rotated file keeps its name, by its number.</summary>
    public static bool IsKept(int number) => number >= LowestOfKept;

    /// <summary>Makes a file number 1 of its rotated files. Numbers move up as far as the first gap; if there is none below the limit, the one at the limit is deleted.</summary>
    /// <remarks>Starting with the oldest, so that a rotation that failed or was killed half-way leaves one gap and is finished by repeating this.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="limit">The highest number.</param>
    /// <param name="moved">Called with each number that has changed and what it has become, 0 if the file was deleted.</param>
    public static void MoveUp(string path, int limit, Action<int, int>? moved = null)
    {
        int gap = 1;
        while (gap < limit && Exists(path, gap))
        {
            gap++;
        }

        Delete(path, gap);
        moved?.Invoke(gap, 0);
        for (int number = gap - 1; number >= 1; number--)
        {
            Move(path, number, number + 1);
            moved?.Invoke(number, number + 1);
        }

        FileSystem.MoveToFreeName(path, NameOf(path, 1));
    }

    /// <summary>Deletes a rotated file, plain or compressed.</summary>
    public static void Delete(string path, int number)
    {
        foreach (string extension in BackupEncoding.Extensions)
        {
            File.Delete(NameOf(path, number) + extension);
        }
    }

    public static string NameOf(string path, int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");

    // Reduced files are always compressed with gzip: members that follow each other are one file.
    private int Youngest
    {
        get
        {
            if (count != Unlimited)
            {
                return 1;
            }

            if (_youngest == 0)
            {
                _youngest = NumbersOf(path) is [var lowest, ..] ? lowest : HighestNumber + 1;
            }

            return _youngest;
        }
    }

    // The file gets the number below that of the youngest.
    private void AddBelow()
    {
        if (Youngest < LowestOfKept)
        {
            MakeRoom();
        }

        try
        {
            FileSystem.MoveToFreeName(path, NameOf(path, Youngest - 1));
            _youngest--;
        }
        catch (IOException)
        {
            // Something that is not ours may have that name: the next attempt looks again.
            _youngest = 0;
            throw;
        }
    }

    // Once, where files are left that moved up: by an earlier version, or by a log that kept a number of them. The oldest first, so that whenever this is killed the higher number is the older file.
    private void MakeRoom()
    {
        _youngest = 0;
        int[] numbers = NumbersOf(path);
        int[] low = [.. numbers.Where(number => !IsKept(number))];
        int room = numbers.FirstOrDefault(IsKept, HighestNumber + 1) - 1 - low[^1];
        foreach (int number in low.OrderDescending())
        {
            Move(path, number, number + room);
            Renumbered(number, number + room);
        }
    }

    private void Renumbered(int from, int to) => _compressing = _compressing == from ? to : _compressing;

    private static string ReducedNameOf(string path, int number) => NameOf(path, number) + BackupEncoding.GzipExtension;

    private long? Reduce(FileStream source, FileStream? before, BackupKey? key, Func<bool> isStopping)
    {
        bool isWhole = false;
        long freed = source.Length + (before?.Length ?? 0);
        try
        {
            using FileStream target = FileSystem.CreateClosed(TemporaryPath, FileShare.Read | FileShare.Delete);
            using (EncryptingStream? encrypting = key is null ? null : new EncryptingStream(target, key))
            {
                Stream stored = encrypting ?? (Stream)target;
                if (before is not null)
                {
                    EncryptedFile.ContentOf(before, leaveOpen: true).CopyTo(stored);
                }

                if (!ReducedFile.Write(source, stored, isStopping))
                {
                    return null;
                }
            }

            FileSystem.CopyMode(source.SafeFileHandle, target.SafeFileHandle);
            target.Flush(flushToDisk: true);
            File.SetLastWriteTimeUtc(target.SafeFileHandle, File.GetLastWriteTimeUtc(source.SafeFileHandle));
            freed -= target.Length;
            isWhole = true;
        }
        finally
        {
            isWhole = End(isWhole, BackupEncoding.GzipExtension, joined: before is not null);
        }

        return isWhole ? freed : null;
    }

    private static bool IsEncrypted(FileStream? file) => file is not null && EncryptedFile.IsOne(file.SafeFileHandle);

    // Replaces the file that was opened with the temporary file, even if it was renumbered.
    private bool End(bool isWhole, string extension, bool joined)
    {
        lock (_gate)
        {
            int number = _compressing;
            _compressing = 0;
            if (!isWhole || number == 0 || !Exists(path, number))
            {
                File.Delete(TemporaryPath);
                return false;
            }

            File.Move(TemporaryPath, NameOf(path, number) + extension, overwrite: true);
            DeleteReplaced(path, number);
            if (joined)
            {
                File.Delete(ReducedNameOf(path, number + 1));
            }

            return true;
        }
    }

    // Left by a higher count, or by a rotation that a recovery had to finish without knowing the count.
    private void DeleteBeyondCount()
    {
        try
        {
            // All are looked for once, those that kept their names too; after that only those that follow.
            foreach (int beyond in _isTrimmed ? [] : NumbersOf(path).Where(number => number > count))
            {
                Delete(path, beyond);
            }

            _isTrimmed = true;
            for (int beyond = count + 1; Exists(path, beyond); beyond++)
            {
                Delete(path, beyond);
            }
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            // The rotation is done anyway; the next one retries this.
        }
    }

    private static bool Exists(string path, int number) => BackupEncoding.Extensions.Any(extension => File.Exists(NameOf(path, number) + extension));

    // What a file was compressed or reduced from; a kill may have left it.
    private static void DeleteReplaced(string path, int number)
    {
        bool isReplaced = false;
        foreach (string extension in BackupEncoding.Extensions.Reverse())
        {
            string name = NameOf(path, number) + extension;
            if (isReplaced)
            {
                File.Delete(name);
            }

            isReplaced |= File.Exists(name);
        }
    }

    private static void Move(string path, int from, int to)
    {
        DeleteReplaced(path, from);
        string extension = BackupEncoding.Extensions.First(extension => extension == BackupEncoding.Extensions[^1] || File.Exists(NameOf(path, from) + extension));
        FileSystem.MoveToFreeName(NameOf(path, from) + extension, NameOf(path, to) + extension);
    }
}
