using System.Buffers.Binary;
using System.IO.Compression;
using FastTrainLog.Files;
using FastTrainLog.Formatting;
using FastTrainLog.Journals;
using FastTrainLog.Platform;
using FastTrainLog.Sinks;
using FastTrainLog.Training;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Fuzz;

/// <summary>A journal that a process left, with changes: what is whole is read, the rest is told, and nothing brings the reader down.</summary>
/// <remarks>An input is a list of changes, since a journal is a megabyte of mostly zeros: three bytes for the place, one for the length, and the bytes. Check sums are made right again for every second input.</remarks>
internal static class JournalTarget
{
    private const string Stored = "journal.gz";

    private static readonly byte[] Journal = Load();
    private static readonly int[] Used = [.. Enumerable.Range(0, Journal.Length).Where(at => Journal.AsSpan(Math.Max(0, at - 16), Math.Min(32, Journal.Length - Math.Max(0, at - 16))).ContainsAnyExcept((byte)0))];
    private static readonly SafeFileHandle File = Open();

    public static FuzzTarget Target { get; } = new([[0, 0, 0, 1, 7], [0, 1, 0, 2, 1, 2, 0, 2, 0, 4, 0xFF, 0xFF, 0xFF, 0x7F], [.. Enumerable.Range(0, 60).Select(i => (byte)i)]], Run);

    private static void Run(byte[] input)
    {
        var changed = new List<(int At, byte[] Bytes)>();
        for (int at = 0; at + 4 < input.Length;)
        {
            int place = Used[((input[at] << 16) | (input[at + 1] << 8) | input[at + 2]) % Used.Length];
            byte[] bytes = input.AsSpan(at + 4, Math.Min(1 + (input[at + 3] % 16), input.Length - at - 4)).ToArray();
            bytes = bytes[..Math.Min(bytes.Length, Journal.Length - place)];
            changed.Add((place, bytes));
            at += 4 + bytes.Length;
        }

        changed.ForEach(change => RandomAccess.Write(File, change.Bytes, change.At));
        try
        {
            if (input.Length % 2 == 1)
            {
                Seal(changed);
            }

            using JournalImage image = JournalImage.Read("the journal", File);
            var decoder = LineFormats.CreateDecoder(TimeZoneInfo.Utc);
            image.Replay(decoder, () => _ = decoder.TextLine.Length + decoder.JsonLine.Length);
        }
        catch (InvalidDataException)
        {
            // What is wrong with it was told.
        }
        finally
        {
            changed.ForEach(change => RandomAccess.Write(File, Journal.AsSpan(change.At, change.Bytes.Length), change.At));
        }
    }

    // The descriptions are checked one by one: each is its length, its check sum, and its bytes.
    private static void Seal(List<(int At, byte[] Bytes)> changed)
    {
        byte[] prefix = new byte[2 * sizeof(int)];
        long start = Layout.DescriptionsAt;
        long end = Layout.PagesStart;
        for (long at = start; at + prefix.Length < end && RandomAccess.Read(File, prefix, at) == prefix.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
            if (length <= 0 || at + prefix.Length + length > end)
            {
                return;
            }

            byte[] bytes = new byte[length];
            RandomAccess.Read(File, bytes, at + prefix.Length);
            byte[] sum = BitConverter.GetBytes(Crc32C.Of(bytes));
            RandomAccess.Write(File, sum, at + sizeof(int));
            changed.Add(((int)at + sizeof(int), sum));
            at += prefix.Length + length;
        }
    }

    private static JournalLayout Layout => JournalHeader.Read(Journal.AsSpan(0, JournalLayout.HeaderBytes), "the journal", out _).Layout;

    private static SafeFileHandle Open()
    {
        string path = Path.Combine(Samples.Directory, "journal");
        System.IO.File.WriteAllBytes(path, Journal);
        SafeFileHandle file = System.IO.File.OpenHandle(path, access: FileAccess.ReadWrite);
        using JournalImage image = JournalImage.Read(Stored, file);
        long records = image.Replay(LineFormats.CreateDecoder(TimeZoneInfo.Utc), () => { });
        return records > 10 && image.Problems.Count == 0 ? file : throw new InvalidDataException($"{Stored} has {records} records that can be read, and problems: {string.Join("; ", image.Problems)}. Make it anew.");
    }

    /// <summary>Writes the journal that inputs change: in a file, so that an input means the same in every process.</summary>
    /// <param name="path">The file.</param>
    public static void Store(string path)
    {
        using var gzip = new GZipStream(System.IO.File.Create(path), CompressionLevel.SmallestSize);
        gzip.Write(Make());
    }

    private static byte[] Load()
    {
        using var journal = new MemoryStream();
        using (var gzip = new GZipStream(System.IO.File.OpenRead(Path.Combine(AppContext.BaseDirectory, Stored)), CompressionMode.Decompress))
        {
            gzip.CopyTo(journal);
        }

        return journal.ToArray();
    }

    // Of a log that lives: what it has not written to its files is in the journal.
    private static byte[] Make()
    {
        string directory = Path.Combine(Samples.Directory, "journaled");
        using TrainLogging logging = TrainLogging.Create(o =>
            (o.LogDirectory, o.EnableConsoleLogging, o.BufferBytes, o.FlushInterval, o.ResourceInterval) = (directory, false, 1024 * 1024, TimeSpan.FromMinutes(1), TimeSpan.Zero));
        // From then on it sleeps for the interval.
        logging.Flush();
        using TrainingRun run = Samples.Write(logging);
        using OpenDirectory opened = OpenDirectory.Open(directory);
        using JournalFolders folders = JournalFolders.Open(directory, mayMake: false);
        (OpenDirectory folder, string name) = folders.Folders.SelectMany(folder => folder.Names(JournalName.PrefixOf(LogDirectoryMark.TryRead(opened)!.Value), JournalName.Extension).Select(name => (folder, name))).Single();
        using SafeFileHandle file = folder.OpenFile(name, FileAccess.Read);
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, bytes, 0);
        return bytes;
    }
}
