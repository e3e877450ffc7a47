using System.Globalization;
using System.IO.Compression;
using System.Text;
using FastTrainLog.Encryption;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Numbered lines, and the files that they are in.</summary>
internal static class ShippedLog
{
    public static ShipOptions Quick(Action<ShipNotice>? onNotice = null) => new()
    {
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(5),
        PollInterval = TimeSpan.FromMilliseconds(10),
        CursorInterval = TimeSpan.Zero,
        OnNotice = onNotice,
    };

    public static string Line(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"timestamp":"{{{new DateTime(2026, 11, 24, 6, 0, 0, DateTimeKind.Utc).AddMilliseconds(number):yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}}}","level":"INFO","logger":"main","thread":1,"event_id":7,"event":"Test","message":"record {{{number}}}","properties":{"Number":{{{number}}}}}""");

    public static string[] Lines(int from, int count) => [.. Enumerable.Range(from, count).Select(Line)];

    public static byte[] Bytes(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n")));

    public static void Append(string path, IEnumerable<string> lines)
    {
        using var file = new FileStream(path, FileMode.Append);
        file.Write(Bytes(lines));
    }

    /// <summary>Compresses a rotated file, as the library does: another file, and then the plain one is deleted.</summary>
    public static void Compress(string path)
    {
        using (var target = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest))
        {
            target.Write(File.ReadAllBytes(path));
        }

        File.Delete(path);
    }

    /// <summary>Stores a rotated file in another form, as the library does.</summary>
    /// <param name="path">The plain file.</param>
    /// <param name="form"><c>gzip</c>, <c>columns</c> or <c>encrypted</c>.</param>
    /// <param name="key">The key of an encrypted one; null for that of the tests.</param>
    public static void Reform(string path, string form, BackupKey? key = null)
    {
        byte[] lines = File.ReadAllBytes(path);
        string target = path + (form == "columns" ? ".cols" : ".gz");
        using (FileStream file = File.Create(target))
        {
            using Stream encrypting = form == "encrypted" ? new EncryptingStream(file, key ?? BackupKey.TryParse(TestKey.Text)!) : file;
            using Stream packing = BackupEncoding.Compress(encrypting, form == "columns" ? BackupFormat.Columns : BackupFormat.Gzip);
            packing.Write(lines);
        }

        File.Delete(path);
    }

    public static void ShipAll(LogShipper shipper)
    {
        while (shipper.ShipNext(Xunit.TestContext.Current.CancellationToken))
        {
        }
    }

    /// <summary>Ships what is there, as a process that ends then.</summary>
    public static ShipCounters ShipAll(string directory, IShipTarget target, ShipOptions? options = null)
    {
        using var shipper = new LogShipper(directory, target, options ?? Quick());
        ShipAll(shipper);
        return shipper.Counters;
    }
}
