using System.Globalization;

namespace FastTrainLog.Sinks;

/// <summary>The rotated files of one file: <c>main.log.1</c> is the youngest, <c>main.log.2</c> older, and so on, each plain or compressed (<c>main.log.2.gz</c>).</summary>
/// <remarks>Thread-safe: the backend rotates while <see cref="BackupKeeper"/> compresses and deletes.</remarks>
/// <param name="path">The file that they were rotated out of.</param>
/// <param name="count">How many are kept.</param>
internal sealed class RotatedFiles(string path, int count)
{
    private const string TemporaryExtension = ".gz.tmp";

    private readonly Lock _gate = new();
    private int _unsettled;
    private int _compressing;

    /// <summary>Gets the file that they were rotated out of.</summary>
    public string Path => path;

    /// <summary>Gets the file that a compression writes to before it is whole.</summary>
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

            int gap = MoveUp(path, count);
            if (_compressing > 0 && _compressing <= gap)
            {
                _compressing = _compressing == count ? 0 : _compressing + 1;
            }

            for (int beyond = count + 1; Exists(path, beyond); beyond++)
            {
                // Left by a higher count, or by a rotation that a recovery had to finish without knowing the count.
                Delete(path, beyond);
            }

            _unsettled++;
        }
    }

    /// <summary>Says that a checkpoint covers the rotations so far: a recovery will cut none of these files back.</summary>
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

    /// <summary>Removes what a kill in the middle of a compression left.</summary>
    public void CleanUp()
    {
        lock (_gate)
        {
            File.Delete(TemporaryPath);
            for (int number = 1; Exists(path, number); number++)
            {
                if (File.Exists(CompressedNameOf(path, number)))
                {
                    File.Delete(NameOf(path, number));
                }
            }
        }
    }

    /// <summary>Opens the oldest file that is not compressed and may be.</summary>
    /// <returns>The file, to be followed by <see cref="EndCompression"/>; null where there is none.</returns>
    public FileStream? BeginCompression()
    {
        lock (_gate)
        {
            int next = _unsettled + 1;
            while (File.Exists(NameOf(path, next)))
            {
                next++;
            }

            _compressing = next - 1 > _unsettled ? next - 1 : 0;
            return _compressing == 0 ? null : new FileStream(NameOf(path, _compressing), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
    }

    /// <summary>Puts the temporary file into the place of the one that was opened, wherever rotations have moved that meanwhile.</summary>
    /// <param name="isWhole">Whether it is all there; it is deleted otherwise.</param>
    public void EndCompression(bool isWhole)
    {
        lock (_gate)
        {
            int number = _compressing;
            _compressing = 0;
            if (isWhole && number > 0 && File.Exists(NameOf(path, number)))
            {
                File.Move(TemporaryPath, CompressedNameOf(path, number), overwrite: true);
                File.Delete(NameOf(path, number));
            }
            else
            {
                File.Delete(TemporaryPath);
            }
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

    /// <summary>Makes a file number 1 of its rotated files. Numbers move up as far as the first gap; where there is none below the limit, the one at the limit is deleted.</summary>
    /// <remarks>From the oldest on, so that a rotation that was killed half-way leaves one gap and is finished by doing this again.</remarks>
    /// <returns>The number up to which files were moved.</returns>
    public static int MoveUp(string path, int limit)
    {
        int gap = 1;
        while (gap < limit && Exists(path, gap))
        {
            gap++;
        }

        Delete(path, gap);
        for (int number = gap - 1; number >= 1; number--)
        {
            Move(path, number, number + 1);
        }

        File.Move(path, NameOf(path, 1));
        return gap;
    }

    /// <summary>Deletes a rotated file, plain or compressed.</summary>
    public static void Delete(string path, int number)
    {
        File.Delete(NameOf(path, number));
        File.Delete(CompressedNameOf(path, number));
    }

    public static string NameOf(string path, int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");

    public static string CompressedNameOf(string path, int number) => NameOf(path, number) + ".gz";

    private static bool Exists(string path, int number) => File.Exists(NameOf(path, number)) || File.Exists(CompressedNameOf(path, number));

    private static void Move(string path, int from, int to)
    {
        if (File.Exists(CompressedNameOf(path, from)))
        {
            // Where a kill left both, they are the same.
            File.Delete(NameOf(path, from));
            File.Move(CompressedNameOf(path, from), CompressedNameOf(path, to));
        }
        else
        {
            File.Move(NameOf(path, from), NameOf(path, to));
        }
    }
}
