using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Journals;

/// <summary>The pages of a journal that a process left behind: only those that hold what is not in the files are read into memory.</summary>
internal sealed unsafe class JournalPages : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly JournalLayout _layout;
    private readonly JournalDescriptions _descriptions;
    private readonly Checkpoint? _checkpoint;
    private readonly List<string> _problems;
    private readonly Dictionary<int, nint> _pages = [];

    public JournalPages(SafeFileHandle file, JournalLayout layout, JournalDescriptions descriptions, Checkpoint? checkpoint, List<string> problems)
    {
        _file = file;
        _layout = layout;
        _descriptions = descriptions;
        _checkpoint = checkpoint;
        _problems = problems;
        Traces = new RunTraces(descriptions);
    }

    /// <summary>Gets what the records show about the ends of runs, once they were searched.</summary>
    public RunTraces Traces { get; }

    /// <summary>Finds the records that are not in the files, each thread's in its order; valid until this is disposed.</summary>
    public List<JournaledRecord> FindRecords()
    {
        var records = new List<JournaledRecord>();
        foreach (IGrouping<int, PageHeader> buffer in InUse().GroupBy(static page => page.Buffer).OrderBy(static group => group.Key))
        {
            long lastTicks = long.MinValue;
            foreach (PageHeader page in buffer.OrderBy(static page => page.Sequence))
            {
                uint consumed = _checkpoint?.ConsumedOf(page.Index, page.Buffer, page.Sequence) ?? 0;
                if (consumed != CheckpointWriter.WholePage)
                {
                    Collect(page, consumed, records, ref lastTicks);
                }
            }
        }

        return records;
    }

    public void Dispose()
    {
        foreach (nint page in _pages.Values)
        {
            NativeMemory.Free((void*)page);
        }

        _pages.Clear();
    }

    private List<PageHeader> InUse()
    {
        var pages = new List<PageHeader>();
        byte[] header = new byte[Page.HeaderSize];
        for (int page = 0; page < _layout.Pages; page++)
        {
            if (RandomAccess.Read(_file, header, _layout.PageAt(page)) < header.Length)
            {
                _problems.Add($"the file ends before page {page} of {_layout.Pages}");
                break;
            }

            if (MemoryMarshal.Read<uint>(header.AsSpan(Page.StateAt)) == Page.InUse)
            {
                int pieces = PiecesOf(page, MemoryMarshal.Read<int>(header.AsSpan(Page.PiecesAt)));
                pages.Add(new PageHeader(
                    page,
                    pieces,
                    MemoryMarshal.Read<int>(header.AsSpan(Page.BufferAt)),
                    MemoryMarshal.Read<int>(header.AsSpan(Page.ThreadAt)),
                    MemoryMarshal.Read<long>(header.AsSpan(Page.SequenceAt))));
                // The pieces after it hold the rest of its records.
                page += pieces - 1;
            }
        }

        return pages;
    }

    private int PiecesOf(int page, int pieces) =>
        pieces is > 1 and <= Page.MostPieces && pieces <= _layout.Pages - page && _layout.PageAt(page + pieces) <= RandomAccess.GetLength(_file) ? pieces : 1;

    private void Collect(PageHeader page, uint consumed, List<JournaledRecord> records, ref long lastTicks)
    {
        byte* at = Load(page) + Page.HeaderSize;
        byte* end = at - Page.HeaderSize + (page.Pieces * Page.Size);
        byte* unwritten = at + Math.Min(consumed, end - at);
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
                _problems.Add($"page {page.Index} is damaged at byte {end - at} before its end: a record has the invalid length of {length} bytes; what follows on that page is lost");
                return;
            }

            _descriptions.Sites.TryGetValue(RecordLayout.CallSiteId(word), out CallSite? site);
            if (site is { Level: CallSite.ContextLevel } && RecordBounds.Hold(site, at, length))
            {
                context = at;
            }
            else if (at < unwritten)
            {
                // In the files already.
                if (site is not null)
                {
                    Traces.Note(site, at, length, RecordLayout.LoggerId(word));
                }
            }
            else if (site is null || !_descriptions.Categories.TryGetValue(RecordLayout.LoggerId(word), out string? category))
            {
                _problems.Add($"page {page.Index} contains a record of call site {RecordLayout.CallSiteId(word)} and logger {RecordLayout.LoggerId(word)}, whose description is missing or damaged");
            }
            else if (!RecordBounds.Hold(site, at, length))
            {
                _problems.Add($"page {page.Index} contains a damaged record of event {site.EventId.Name} ({site.EventId.Id})");
            }
            else
            {
                Traces.Note(site, at, length, RecordLayout.LoggerId(word));
                // Ticks of a thread decrease only through damage; a damaged value must not move its record.
                lastTicks = Math.Max(lastTicks, *(long*)(at + RecordLayout.TicksOffset));
                records.Add(new JournaledRecord((nint)at, site, category, RecordLayout.LoggerId(word), lastTicks, page.Thread, (nint)context));
            }

            at += length;
        }
    }

    private byte* Load(PageHeader page)
    {
        if (_pages.TryGetValue(page.Index, out nint loaded))
        {
            return (byte*)loaded;
        }

        // Zeros where the file ends: no record.
        int length = page.Pieces * Page.Size;
        byte* memory = (byte*)NativeMemory.AllocZeroed((nuint)length);
        _pages.Add(page.Index, (nint)memory);
        for (int at = 0, read; at < length; at += read)
        {
            read = RandomAccess.Read(_file, new Span<byte>(memory + at, length - at), _layout.PageAt(page.Index) + at);
            if (read == 0)
            {
                break;
            }
        }

        return memory;
    }

    private readonly record struct PageHeader(int Index, int Pieces, int Buffer, int Thread, long Sequence);
}
