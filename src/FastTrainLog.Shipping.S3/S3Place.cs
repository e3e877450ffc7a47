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

    // Lines that may come again, each as often as it is in the objects of the last batch.
    private readonly Dictionary<(int Log, UInt128 Line), int> _tail = [];

    // What the batch in progress has left: one that is sent again continues there.
    private (ShipPosition First, ShipPosition Last, int Count) _batch;
    private List<List<int>> _left = [];
    private bool _isFirstOfBatch;
    private bool _isManifestOld;
    private int _batches;

    private S3Place(S3Store store, S3Options options, string name, S3Manifest manifest) => (_store, _options, _name, _manifest) = (store, options, name, manifest);

    public static S3Place Open(S3Store store, S3Options options, string name, CancellationToken cancellation)
    {
        byte[]? content = store.Get(options.KeyOf(name, S3Manifest.Name), cancellation);
        var place = new S3Place(store, options, name, content is null ? new S3Manifest() : S3Manifest.Read(content));
        List<S3Part> parts = place._manifest.Parts;
        foreach (S3Part last in parts.GroupBy(static part => part.Log).Select(static log => log.Last()).Union(parts.TakeLast(place._manifest.OfLastBatch)))
        {
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

            _isFirstOfBatch = true;
            _left = ByLog(batch, Enumerable.Range(0, batch.Count).Where(i => !IsThere(batch, i)));
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
                Add(log, number, content, records.Count, cancellation);
                records.Clear();
                return;
            }

            // It is there: of a process that was killed then, or of this one, whose answer was lost.
            byte[] found = GetPart(log, number, cancellation);
            Add(log, number, found, Remember(log, found), cancellation);
            records.RemoveAll(i => IsThere(batch, i));
        }
    }

    // What is made of an object is made of what is in it, which is not what was to be put if it was there already. So an object that the manifest names has all of them, whenever a kill came, and one that is there is the same.
    private void Add(int log, int number, byte[] content, long records, CancellationToken cancellation)
    {
        var part = new S3Part(log, number, content.Length, HashOf(content), records);
        if (_options.Derivation is { } derivation)
        {
            S3Derived derived = derivation.Make(content, NameIn(part), PlacesBefore(_manifest.Parts.Count), later: null);
            Put(derived, isNew: true, cancellation);
            foreach ((string run, long step) in derived.Returns)
            {
                LeaveOut(derivation, run, step, cancellation);
            }

            part = part with { Rows = [.. derived.Objects.Select(static made => made.Rows)], Runs = derived.Runs };
        }

        _manifest.Parts.Add(part);
        _manifest.OfLastBatch = _isFirstOfBatch ? 1 : _manifest.OfLastBatch + 1;
        _isFirstOfBatch = false;
        _isManifestOld = true;
    }

    // A run has gone back to a step: the rows that this supersedes are taken out of the objects that are there. If that is interrupted, it is done again, with the same result.
    private void LeaveOut(IS3Derivation derivation, string run, long step, CancellationToken cancellation)
    {
        for (int i = 0; i < _manifest.Parts.Count; i++)
        {
            S3Part part = _manifest.Parts[i];
            S3Rows[] old = [.. part.Rows.Where(rows => rows.Run == run)];
            if (!old.Any(rows => rows.LastStep >= step))
            {
                continue;
            }

            S3Derived left = derivation.Make(GetPart(part.Log, part.Number, cancellation), NameIn(part), PlacesBefore(i), (run, step));
            Put(left, isNew: false, cancellation);
            S3Rows[] made = [.. left.Objects.Select(static made => made.Rows)];
            foreach (S3Rows gone in old.ExceptBy(made.Select(static rows => rows.Name), static rows => rows.Name))
            {
                _store.Delete(_options.KeyOf(_name, gone.Name), cancellation);
            }

            _manifest.Parts[i] = part with { Rows = [.. part.Rows.Except(old), .. made] };
        }
    }

    private void Put(S3Derived derived, bool isNew, CancellationToken cancellation)
    {
        foreach ((S3Rows rows, byte[] content) in derived.Objects)
        {
            _store.Put(_options.KeyOf(_name, rows.Name), content, "application/vnd.apache.parquet", isNew, cancellation);
        }
    }

    private Dictionary<string, S3RunPlace> PlacesBefore(int index)
    {
        var places = new Dictionary<string, S3RunPlace>();
        foreach (S3RunPlace run in _manifest.Parts.Take(index).SelectMany(static part => part.Runs))
        {
            places[run.Run] = run;
        }

        return places;
    }

    private static string NameIn(S3Part part) => string.Create(CultureInfo.InvariantCulture, $"{part.Log}-{part.Number:D9}");

    // An object has lines of one log. Where a run goes on in another log, the objects with what it logged before go first: what a step repeats must be there when it comes.
    private static List<List<int>> ByLog(ShipBatch batch, IEnumerable<int> records)
    {
        var lists = new List<List<int>>();
        var open = new Dictionary<int, List<int>>();
        var runs = new Dictionary<(string Run, long Rank), HashSet<int>>();
        foreach (int i in records)
        {
            int log = batch.Position(i).Log;
            if (batch.Origin(i) is { Run: { } run, Rank: var rank })
            {
                if (!runs.TryGetValue((run, rank), out HashSet<int>? logs))
                {
                    runs.Add((run, rank), logs = []);
                }

                if (logs.Add(log) && logs.Count > 1)
                {
                    open.Clear();
                }
            }

            if (!open.TryGetValue(log, out List<int>? list))
            {
                open.Add(log, list = []);
                lists.Add(list);
            }

            list.Add(i);
        }

        return lists;
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
