using System.Runtime.InteropServices;
using System.Text;
using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using FastTrainLog.Sinks;

namespace FastTrainLog.Journals;

/// <summary>A journal that a process left behind, read into memory and checked piece by piece.</summary>
/// <remarks>Nothing in the file is trusted: what is not whole is left out and named in <see cref="Problems"/>.</remarks>
internal sealed unsafe class JournalImage : IDisposable
{
    private readonly byte* _start;
    private readonly long _length;
    private readonly Dictionary<int, string> _categories = [];
    private readonly Dictionary<int, RunContext> _loggerRuns = [];
    private readonly Dictionary<int, RunContext> _runs = [];
    private readonly Dictionary<int, CallSite> _sites = [];
    private readonly Dictionary<int, string> _files = [];
    private readonly Dictionary<(int Page, int Buffer, long Sequence), uint> _consumed = [];
    private readonly List<(long Length, uint Rotations, uint Replacements)> _fileStates = [];
    private JournalLayout _layout;
    private TickConverter? _clock;

    private JournalImage(string path, byte* start, long length)
    {
        Path = path;
        _start = start;
        _length = length;
    }

    public string Path { get; }

    /// <summary>Gets the identifier of the process that wrote it.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Gets the log directory that it belongs to.</summary>
    public string Directory { get; private set; } = string.Empty;

    /// <summary>Gets the number of files whose length a checkpoint vouches for.</summary>
    public int CheckpointedFiles => _fileStates.Count;

    /// <summary>Gets the paths of the files that the process wrote.</summary>
    public IReadOnlyCollection<string> Files => _files.Values;

    /// <summary>Gets what could not be read, and where.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Reads which log directory a journal belongs to; null where that cannot be told.</summary>
    public static string? TryReadDirectory(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] header = new byte[JournalLayout.HeaderBytes];
            bool isWhole = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
                && MemoryMarshal.Read<ulong>(header) == JournalLayout.Magic
                && MemoryMarshal.Read<uint>(header.AsSpan(JournalLayout.HeaderCheckAt)) == JournalLayout.Check(header.AsSpan(0, JournalLayout.HeaderCheckAt));
            return isWhole ? DirectoryIn(header) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Locked by its process, which lives, or somebody else's.
            return null;
        }
    }

    /// <summary>Reads a journal.</summary>
    /// <exception cref="InvalidDataException">It is no journal of this version, or its header is damaged.</exception>
    public static JournalImage Read(string path, Stream stream)
    {
        long length = stream.Length;
        byte* start = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 64), 4096);
        var image = new JournalImage(path, start, length);
        try
        {
            for (long at = 0; at < length;)
            {
                int read = stream.Read(new Span<byte>(start + at, (int)Math.Min(length - at, 1 << 24)));
                if (read == 0)
                {
                    throw new EndOfStreamException($"{path} ended at byte {at} of {length}.");
                }

                at += read;
            }

            image.ReadHeader();
            image.ReadDescriptions();
            image.ReadCheckpoint();
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_start);

    /// <summary>Cuts the files back to what the last checkpoint vouches for, so that replaying what follows writes nothing twice.</summary>
    /// <param name="journal">The journal's file: what is found out of a half-done rotation is noted there, for a recovery after this one.</param>
    public void CutFilesBack(Stream journal)
    {
        for (int number = 0; number < _fileStates.Count; number++)
        {
            if (!_files.TryGetValue(number, out string? path))
            {
                Problems.Add($"the path of file {number} is damaged; lines of it may be there twice");
                continue;
            }

            (long length, uint rotations, uint replacements) = _fileStates[number];
            FileChanges* changes = (FileChanges*)(_start + _layout.FileChangesAt + (number * JournalLayout.FileChangesBytes));
            long since = RotationsSince(path, rotations, changes, journal);
            if (changes->Replacements != replacements && changes->ReplacedAtRotation == rotations && changes->ReplacedAtLength >= 0)
            {
                // The checkpointed file was moved away or deleted from outside: it is not ours to cut.
                length = changes->ReplacedAtLength;
            }

            // Files younger than the checkpoint hold nothing but what will be replayed.
            for (long i = 0; i < since; i++)
            {
                if (i == 0)
                {
                    File.Delete(path);
                }
                else
                {
                    RotatedFiles.Delete(path, (int)i);
                }
            }

            string checkpointed = since == 0 ? path : RotatedFiles.NameOf(path, (int)since);
            var file = new FileInfo(checkpointed);
            if (file.Exists && file.Length > length)
            {
                using FileStream stream = file.Open(FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                stream.SetLength(length);
            }
        }
    }

    /// <summary>Hands every record that is not in the files yet to the sinks, in the order of the timestamps, each thread's in its own.</summary>
    /// <returns>The number of records.</returns>
    public long Replay(RecordDecoder decoder, Action write)
    {
        var records = new List<(nint Record, long Ticks, int Thread, nint Context)>();
        RunContext[] runs = [.. _runs.Values];
        foreach (IGrouping<int, int> buffer in PagesInUse().GroupBy(page => ReadPage<int>(page, Page.BufferAt)).OrderBy(g => g.Key))
        {
            long lastTicks = long.MinValue;
            foreach (int page in buffer.OrderBy(page => ReadPage<long>(page, Page.SequenceAt)))
            {
                CollectRecords(page, records, ref lastTicks);
            }
        }

        // The sort is stable, and a thread's ticks never fall: its records stay in order.
        long written = 0;
        foreach ((nint record, long ticks, int thread, nint context) in records.OrderBy(r => r.Ticks))
        {
            ulong word = *(ulong*)record;
            CallSite site = _sites[RecordLayout.CallSiteId(word)];
            int logger = RecordLayout.LoggerId(word);
            RunContext? run = _loggerRuns.GetValueOrDefault(logger) ?? RunContext.At(runs, ticks);
            decoder.Decode((byte*)record, site, _categories[logger], thread, ClampUtc(_clock!.ToUtcTicks(ticks)), run, (byte*)context);
            write();
            written++;
        }

        return written;
    }

    // A damaged clock must not make a date that does not exist.
    private static long ClampUtc(long ticks) => Math.Clamp(ticks, DateTime.UnixEpoch.Ticks, DateTime.MaxValue.Ticks);

    private IEnumerable<int> PagesInUse()
    {
        for (int page = 0; page < _layout.Pages; page++)
        {
            if (PageAt(page) + Page.Size > _length)
            {
                Problems.Add($"the file ends before page {page} of {_layout.Pages}");
                yield break;
            }

            if (ReadPage<uint>(page, Page.StateAt) == Page.InUse)
            {
                yield return page;
            }
        }
    }

    private void CollectRecords(int page, List<(nint Record, long Ticks, int Thread, nint Context)> records, ref long lastTicks)
    {
        uint consumed = _consumed.GetValueOrDefault((page, ReadPage<int>(page, Page.BufferAt), ReadPage<long>(page, Page.SequenceAt)));
        if (consumed == CheckpointWriter.WholePage)
        {
            return;
        }

        byte* at = _start + PageAt(page) + Page.HeaderSize;
        byte* end = _start + PageAt(page) + Page.Size;
        byte* unwritten = at + consumed;
        byte* context = null;
        while (at + sizeof(ulong) <= end)
        {
            ulong word = *(ulong*)at;
            if (word is 0 or RecordLayout.EndOfPage)
            {
                return;
            }

            int length = RecordLayout.Length(word);
            if (length < RecordLayout.HeaderBytes || length > end - at)
            {
                Problems.Add($"page {page} is damaged at byte {end - at} before its end: a record says that it is {length} bytes long; what follows on that page is lost");
                return;
            }

            _sites.TryGetValue(RecordLayout.CallSiteId(word), out CallSite? site);
            if (site is { Level: CallSite.ContextLevel } && RecordBounds.Hold(site, at, length))
            {
                context = at;
            }
            else if (at < unwritten)
            {
                // In the files already.
            }
            else if (site is null || !_categories.ContainsKey(RecordLayout.LoggerId(word)))
            {
                Problems.Add($"page {page} holds a record of call site {RecordLayout.CallSiteId(word)} and logger {RecordLayout.LoggerId(word)}, whose description is missing or damaged");
            }
            else if (!RecordBounds.Hold(site, at, length))
            {
                Problems.Add($"page {page} holds a damaged record of event {site.EventId.Name} ({site.EventId.Id})");
            }
            else
            {
                // Ticks of a thread never fall but by damage; a damaged one must not move its record.
                lastTicks = Math.Max(lastTicks, *(long*)(at + RecordLayout.TicksOffset));
                records.Add(((nint)at, lastTicks, ReadPage<int>(page, Page.ThreadAt), (nint)context));
            }

            at += length;
        }
    }

    private long RotationsSince(string path, uint checkpointed, FileChanges* changes, Stream journal)
    {
        uint begun = changes->RotationsBegun;
        uint ended = changes->RotationsEnded;
        uint done = ended;
        if (begun == ended + 1)
        {
            // Half done: finished first, and noted, so that a recovery after this one finds the same.
            if (File.Exists(path))
            {
                RotatedFiles.MoveUp(path, int.MaxValue);
            }

            done = begun;
            journal.Position = (byte*)&changes->RotationsEnded - _start;
            journal.Write(BitConverter.GetBytes(done));
            journal.Flush();
        }

        if (done < checkpointed || done - checkpointed > 1_000_000)
        {
            Problems.Add($"the rotations of {path} are damaged ({checkpointed} at the checkpoint, {begun} begun, {ended} ended); lines of it may be there twice");
            return 0;
        }

        return done - checkpointed;
    }

    private void ReadHeader()
    {
        if (_length < JournalLayout.HeaderBytes)
        {
            throw new InvalidDataException($"{Path} is no whole journal: it has {_length} bytes, fewer than its header.");
        }

        var header = new ReadOnlySpan<byte>(_start, JournalLayout.HeaderBytes);
        if (MemoryMarshal.Read<ulong>(header) != JournalLayout.Magic)
        {
            throw new InvalidDataException($"{Path} is no journal: it does not begin as one.");
        }

        uint version = MemoryMarshal.Read<uint>(header[JournalLayout.VersionAt..]);
        if (version != JournalLayout.Version)
        {
            throw new InvalidDataException(
                $"{Path} is a journal of format {version}, and this FastTrainLog reads format {JournalLayout.Version}: recover it with the version of FastTrainLog that wrote it.");
        }

        if (MemoryMarshal.Read<uint>(header[JournalLayout.HeaderCheckAt..]) != JournalLayout.Check(header[..JournalLayout.HeaderCheckAt]))
        {
            throw new InvalidDataException($"{Path} has a damaged header: its check sum is wrong.");
        }

        _layout = new JournalLayout(MemoryMarshal.Read<int>(header[JournalLayout.PagesAt..]));
        ProcessId = MemoryMarshal.Read<int>(header[JournalLayout.ProcessAt..]);
        _clock = new TickConverter(header[JournalLayout.ClockAt..]);
        Directory = DirectoryIn(header);
        if (_length < _layout.TotalBytes)
        {
            Problems.Add($"the file has {_length} bytes of {_layout.TotalBytes}");
        }
    }

    private static string DirectoryIn(ReadOnlySpan<byte> header) =>
        Encoding.UTF8.GetString(header.Slice(JournalLayout.DirectoryAt + sizeof(int), MemoryMarshal.Read<int>(header[JournalLayout.DirectoryAt..])));

    private void ReadDescriptions()
    {
        const int Prefix = 2 * sizeof(uint);
        long end = Math.Min(_layout.DescriptionsAt + JournalLayout.DescriptionBytes, _length);
        for (long at = _layout.DescriptionsAt; at + Prefix <= end;)
        {
            uint length = *(uint*)(_start + at);
            if (length == 0)
            {
                return;
            }

            if (length > end - at - Prefix)
            {
                Problems.Add($"the descriptions are damaged at byte {at}: one says that it is {length} bytes long; what follows is lost");
                return;
            }

            var bytes = new ReadOnlySpan<byte>(_start + at + Prefix, (int)length);
            if (JournalLayout.Check(bytes) != *(uint*)(_start + at + sizeof(uint)))
            {
                Problems.Add($"the description at byte {at} is damaged: its check sum is wrong");
            }
            else if (!TryReadDescription(bytes))
            {
                Problems.Add($"the description at byte {at} cannot be read, though it is whole: another version of FastTrainLog wrote it");
            }

            at += (Prefix + (int)length + 7) & ~7;
        }
    }

    private bool TryReadDescription(ReadOnlySpan<byte> bytes)
    {
        try
        {
            ReadDescription(bytes);
            return true;
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentException or FormatException or OverflowException)
        {
            return false;
        }
    }

    private void ReadDescription(ReadOnlySpan<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()), Encoding.UTF8);
        var kind = (DescriptionKind)reader.ReadByte();
        int id = reader.ReadInt32();
        switch (kind)
        {
            case DescriptionKind.Logger:
                _categories[id] = reader.ReadString();
                // A run whose own description is damaged costs the records its name, and nothing else.
                if (_runs.TryGetValue(reader.ReadInt32(), out RunContext? run))
                {
                    _loggerRuns[id] = run;
                }

                break;
            case DescriptionKind.Run:
                _runs[id] = new RunContext(id, reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64());
                break;
            case DescriptionKind.RunEnd:
                if (_runs.TryGetValue(id, out RunContext? ended))
                {
                    ended.EndTicks = reader.ReadInt64();
                }

                break;
            case DescriptionKind.File:
                _files[id] = reader.ReadString();
                break;
            case DescriptionKind.CallSite:
                _sites[id] = ReadCallSite(reader);
                break;
            default:
                Problems.Add($"a description is of the unknown kind {(byte)kind}");
                break;
        }
    }

    private static CallSite ReadCallSite(BinaryReader reader)
    {
        var level = (Microsoft.Extensions.Logging.LogLevel)reader.ReadInt32();
        int eventId = reader.ReadInt32();
        string eventName = reader.ReadString();
        string template = reader.ReadString();
        bool isFormatted = reader.ReadBoolean();
        var arguments = new CallSiteArgument[reader.ReadInt32()];
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = reader.ReadString();
            var kind = (ArgumentKind)reader.ReadByte();
            bool isNullable = reader.ReadBoolean();
            int members = reader.ReadInt32();
            EnumNames? enumNames = null;
            if (members >= 0)
            {
                bool isFlags = reader.ReadBoolean();
                bool isSigned = reader.ReadBoolean();
                int size = reader.ReadInt32();
                string[] names = new string[members];
                ulong[] values = new ulong[members];
                for (int m = 0; m < members; m++)
                {
                    names[m] = reader.ReadString();
                    values[m] = reader.ReadUInt64();
                }

                enumNames = new EnumNames(names, values, isFlags, isSigned, size);
            }

            arguments[i] = new CallSiteArgument(name, kind, isNullable, enumNames);
        }

        return new CallSite(new Microsoft.Extensions.Logging.EventId(eventId, eventName), level, template, arguments, isFormatted);
    }

    private void ReadCheckpoint()
    {
        ReadOnlySpan<byte> best = default;
        ulong bestNumber = 0;
        bool anyWritten = false;
        for (int i = 0; i < 2; i++)
        {
            if (_layout.SlotAt(i) + _layout.SlotBytes > _length)
            {
                continue;
            }

            var slot = new Span<byte>(_start + _layout.SlotAt(i), _layout.SlotBytes);
            ulong number = MemoryMarshal.Read<ulong>(slot);
            anyWritten |= number != 0;
            if (number > bestNumber && IsWhole(slot))
            {
                best = slot;
                bestNumber = number;
            }
        }

        if (bestNumber == 0)
        {
            if (anyWritten)
            {
                Problems.Add("both checkpoints are damaged; lines that are in the files already may be there twice");
            }

            return;
        }

        _clock = new TickConverter(best[8..]);
        int pages = MemoryMarshal.Read<int>(best[32..]);
        int files = MemoryMarshal.Read<int>(best[36..]);
        if (_runs.TryGetValue(MemoryMarshal.Read<int>(best[44..]), out RunContext? run))
        {
            run.LatestStep = MemoryMarshal.Read<long>(best[48..]);
        }

        ReadOnlySpan<byte> entry = best[JournalLayout.SlotHeaderBytes..];
        for (int i = 0; i < pages; i++, entry = entry[JournalLayout.PageEntryBytes..])
        {
            var key = (MemoryMarshal.Read<int>(entry), MemoryMarshal.Read<int>(entry[4..]), MemoryMarshal.Read<long>(entry[8..]));
            uint consumed = MemoryMarshal.Read<uint>(entry[16..]);
            _consumed[key] = consumed == CheckpointWriter.WholePage ? consumed : Math.Min(consumed, Page.Size - Page.HeaderSize);
        }

        for (int i = 0; i < files; i++, entry = entry[JournalLayout.FileEntryBytes..])
        {
            _fileStates.Add((MemoryMarshal.Read<long>(entry), MemoryMarshal.Read<uint>(entry[8..]), MemoryMarshal.Read<uint>(entry[12..])));
        }
    }

    private static bool IsWhole(Span<byte> slot)
    {
        long pages = MemoryMarshal.Read<int>(slot[32..]);
        long files = MemoryMarshal.Read<int>(slot[36..]);
        long length = JournalLayout.SlotHeaderBytes + (pages * JournalLayout.PageEntryBytes) + (files * JournalLayout.FileEntryBytes);
        if (pages < 0 || files < 0 || length > slot.Length)
        {
            return false;
        }

        // The sum was taken with its own place empty.
        uint check = MemoryMarshal.Read<uint>(slot[40..]);
        MemoryMarshal.Write(slot[40..], 0U);
        bool isWhole = JournalLayout.Check(slot[..(int)length]) == check;
        MemoryMarshal.Write(slot[40..], check);
        return isWhole;
    }

    private long PageAt(int page) => _layout.PagesStart + ((long)page * Page.Size);

    private T ReadPage<T>(int page, int offset)
        where T : unmanaged => *(T*)(_start + PageAt(page) + offset);
}
