using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace FastTrainLog.Shipping;

/// <summary>The objects of one log directory.</summary>
internal sealed class S3Place
{
    // An object that was put and not acknowledged is one batch of the process before; a recovery may have moved its records by another.
    private const int MostRepeated = 3;

    private readonly S3Store _store;
    private readonly S3Options _options;
    private readonly string _name;
    private readonly S3Manifest _manifest;

    // Lines that may come again, each as often as it is in the last object of its log.
    private readonly Dictionary<(int Log, UInt128 Line), int> _tail = [];

    // What the batch in progress has left: one that is sent again continues there.
    private (ShipPosition First, ShipPosition Last, int Count) _batch;
    private List<int>[] _left = [];
    private bool _isManifestOld;
    private int _batches;

    private S3Place(S3Store store, S3Options options, string name, S3Manifest manifest) => (_store, _options, _name, _manifest) = (store, options, name, manifest);

    public static S3Place Open(S3Store store, S3Options options, string name, CancellationToken cancellation)
    {
        byte[]? content = store.Get(options.KeyOf(name, S3Manifest.Name), cancellation);
        var place = new S3Place(store, options, name, content is null ? new S3Manifest() : S3Manifest.Read(content));
        foreach (IGrouping<int, S3Part> log in place._manifest.Parts.GroupBy(static part => part.Log))
        {
            S3Part last = log.Last();
            byte[] lines = place.GetPart(last.Log, last.Number, cancellation);
            place.Remember(last.Log, last.Sha256 == HashOf(lines) ? lines : throw new InvalidDataException($"{S3Manifest.NameOf(last.Log, last.Number)} is not what the manifest says"));
        }

        return place;
    }

    /// <summary>Adds the records that are not there yet, and returns when they and the manifest are stored.</summary>
    public void Append(ShipBatch batch, CancellationToken cancellation)
    {
        (ShipPosition, ShipPosition, int) next = (batch.Position(0), batch.Position(batch.Count - 1), batch.Count);
        if (_batch != next)
        {
            _batch = next;
            if (_batches++ == MostRepeated)
            {
                _tail.Clear();
            }

            _left = [.. Enumerable.Range(0, batch.Count).Where(i => !IsThere(batch, i)).GroupBy(i => batch.Position(i).Log).Select(static log => log.ToList())];
        }

        foreach (List<int> log in _left.Where(static log => log.Count > 0))
        {
            Append(batch, batch.Position(log[0]).Log, log, cancellation);
        }

        if (_isManifestOld)
        {
            _store.Put(_options.KeyOf(_name, S3Manifest.Name), _manifest.ToBytes(), "application/json", isNew: false, cancellation);
            _isManifestOld = false;
        }
    }

    private void Append(ShipBatch batch, int log, List<int> records, CancellationToken cancellation)
    {
        while (records.Count > 0)
        {
            int number = _manifest.Parts.Count(part => part.Log == log) + 1;
            byte[] content = Pack(batch, records);
            if (_store.Put(_options.KeyOf(_name, S3Manifest.NameOf(log, number)), content, "application/gzip", isNew: true, cancellation))
            {
                PutDerived(log, number, content, cancellation);
                Add(new S3Part(log, number, content.Length, HashOf(content), records.Count));
                records.Clear();
                return;
            }

            // It is there: of a process that was killed then, or of this one, whose answer was lost.
            byte[] found = GetPart(log, number, cancellation);
            PutDerived(log, number, found, cancellation);
            Add(new S3Part(log, number, found.Length, HashOf(found), Remember(log, found)));
            records.RemoveAll(i => IsThere(batch, i));
        }
    }

    // Of what is in the object, which is not what was to be put if it was there already. So an object that the manifest names has all of them, whenever a kill came, and one that is there is the same.
    private void PutDerived(int log, int number, byte[] content, CancellationToken cancellation)
    {
        foreach ((string name, byte[] derived) in _options.Derive?.Invoke(content, string.Create(CultureInfo.InvariantCulture, $"{log}-{number:D9}")) ?? [])
        {
            _store.Put(_options.KeyOf(_name, name), derived, "application/vnd.apache.parquet", isNew: true, cancellation);
        }
    }

    private void Add(S3Part part)
    {
        _manifest.Parts.Add(part);
        _isManifestOld = true;
    }

    private byte[] GetPart(int log, int number, CancellationToken cancellation) =>
        _store.Get(_options.KeyOf(_name, S3Manifest.NameOf(log, number)), cancellation) ?? throw new InvalidDataException($"{S3Manifest.NameOf(log, number)} was deleted");

    // Returns how many there are.
    private long Remember(int log, byte[] content)
    {
        long records = 0;
        using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        using var lines = new MemoryStream();
        gzip.CopyTo(lines);
        ReadOnlySpan<byte> rest = lines.GetBuffer().AsSpan(0, (int)lines.Length);
        for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            (int, UInt128) key = (log, XxHash128.HashToUInt128(rest[..end]));
            _tail[key] = _tail.GetValueOrDefault(key) + 1;
            records++;
        }

        return records;
    }

    private bool IsThere(ShipBatch batch, int index)
    {
        (int, UInt128) key = (batch.Position(index).Log, XxHash128.HashToUInt128(batch.Json(index)));
        if (!_tail.Remove(key, out int times))
        {
            return false;
        }

        if (times > 1)
        {
            _tail.Add(key, times - 1);
        }

        return true;
    }

    private static byte[] Pack(ShipBatch batch, List<int> records)
    {
        var content = new MemoryStream();
        using (var gzip = new GZipStream(content, CompressionLevel.Fastest))
        {
            foreach (int i in records)
            {
                gzip.Write(batch.Json(i));
                gzip.WriteByte((byte)'\n');
            }
        }

        return content.ToArray();
    }

    private static string HashOf(byte[] content) => Convert.ToHexString(SHA256.HashData(content));
}
