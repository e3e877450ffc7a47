using System.Globalization;

namespace FastTrainLog.Sinks;

/// <summary>The rotated files of one file: <c>main.log.1</c> is the youngest, <c>main.log.2</c> older, and so on, each plain or compressed (<c>main.log.2.gz</c>).</summary>
/// <param name="path">The file that they were rotated out of.</param>
/// <param name="count">How many are kept.</param>
internal sealed class RotatedFiles(string path, int count)
{
    /// <summary>Rotates the file: it becomes number 1, the others move up, and what is above the count is deleted.</summary>
    public void Add()
    {
        if (count == 0)
        {
            File.Delete(path);
            return;
        }

        MoveUp(path, count);
        for (int beyond = count + 1; Exists(path, beyond); beyond++)
        {
            // Left by a higher count, or by a rotation that a recovery had to finish without knowing the count.
            Delete(path, beyond);
        }
    }

    /// <summary>Makes a file number 1 of its rotated files. Numbers move up as far as the first gap; where there is none below the limit, the one at the limit is deleted.</summary>
    /// <remarks>From the oldest on, so that a rotation that was killed half-way leaves one gap and is finished by doing this again.</remarks>
    public static void MoveUp(string path, int limit)
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
