using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using FastTrainLog.Files;
using FastTrainLog.Frontend;
using FastTrainLog.Journals;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>The order in which a running log writes to its journal and to its files, watched by another thread: what a kill would find in the microsecond between two of its steps.</summary>
/// <remarks>On x64, where other cores see stores in their order. A watcher that gets no processor sees less: it never fails for that.</remarks>
public sealed unsafe class JournalOrderTests : IDisposable
{
    private const int Records = 30_000;

    // Returns how often it saw what it looks for.
    private delegate int Look(JournalImage image, byte* journal);

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-order-").FullName;

    public JournalOrderTests() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "Only x64's cores see the stores of each other in their order.");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_page_is_free_only_when_a_checkpoint_covers_it()
    {
        (long Sequence, bool IsUsed, ulong Checkpoint)[] seen = [];
        long freed = Watch((image, journal) =>
        {
            JournalLayout layout = image.Header.Layout;
            seen = seen.Length == 0 ? new (long, bool, ulong)[layout.Pages] : seen;
            int count = 0;
            for (int page = 0; page < layout.Pages; page++)
            {
                ulong checkpoint = LatestCheckpoint(layout, journal);
                byte* header = journal + layout.PageAt(page);
                uint state = Volatile.Read(ref *(uint*)(header + Page.StateAt));
                long sequence = Volatile.Read(ref *(long*)(header + Page.SequenceAt));
                // One without a record was handed to a thread that did not need it: that may come back at any time.
                bool isUsed = state == Page.InUse && Volatile.Read(ref *(ulong*)(header + Page.HeaderSize)) is not 0;
                (long Sequence, bool IsUsed, ulong Checkpoint) before = seen[page];
                seen[page] = (sequence, isUsed, checkpoint);
                if (state != Page.InUse && before.IsUsed)
                {
                    count++;
                    Assert.True(IsCovered(layout, journal, page, before.Sequence, before.Checkpoint), $"Page {page} was free before a checkpoint covered it.");
                }
            }

            return count;
        });
        Assert.True(freed > 0);
    }

    [Fact]
    public void A_file_is_never_longer_than_its_journal_says()
    {
        SafeFileHandle? file = null;
        long writes = Watch((image, journal) =>
        {
            file ??= File.OpenHandle(Path.Combine(_directory, "run.jsonl"), share: FileShare.ReadWrite | FileShare.Delete);
            int number = image.Files.Single(logged => logged.Value.Name == "run.jsonl").Key;
            long before = RandomAccess.GetLength(file);
            int count = 0;
            // Without a look at anything else, so as to be there in the moment between a write and a note that comes too late.
            for (int look = 0; look < 1000; look++)
            {
                long length = RandomAccess.GetLength(file);
                long noted = Volatile.Read(ref ((FileChanges*)(journal + image.Header.Layout.ChangesAt(number)))->WrittenTo);
                Assert.True(length <= noted, $"The file had {length} bytes when the journal said {noted}.");
                count += length > before ? 1 : 0;
                before = length;
            }

            return count;
        });
        file?.Dispose();
        Assert.True(writes > 0);
    }

    // Calls the look again and again while a thread logs; gives the sum of what the looks have returned.
    private long Watch(Look look)
    {
        using TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.MaxFileSize, o.BlockTimeout) = (_directory, false, 0, TimeSpan.FromMinutes(5));
            // Few pages, used again and again.
            (o.BufferBytes, o.FlushInterval) = (16 * Page.Size, TimeSpan.FromMilliseconds(1));
        });
        string path = Assert.Single(LogFiles.Journals(_directory));
        using SafeFileHandle file = LogFiles.OpenJournal(path);
        using JournalImage image = JournalImage.Read(path, file);
        using var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* journal = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref journal);
        TrainLogger logger = logging.GetLogger(LogCategories.Main);
        var thread = new Thread(() =>
        {
            for (int i = 0; i < Records; i++)
            {
                logger.LogInformation("record {Number}", i);
            }
        });
        thread.Start();
        try
        {
            long sum = 0;
            while (thread.IsAlive)
            {
                sum += look(image, journal);
            }

            return sum;
        }
        finally
        {
            thread.Join();
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static ulong LatestCheckpoint(JournalLayout layout, byte* journal) =>
        Math.Max(Volatile.Read(ref *(ulong*)(journal + layout.SlotAt(0))), Volatile.Read(ref *(ulong*)(journal + layout.SlotAt(1))));

    // It was in use when the latest checkpoint was the given one: either that one covers it, or there has been another since.
    private static bool IsCovered(JournalLayout layout, byte* journal, int page, long sequence, ulong checkpoint)
    {
        byte* slot = journal + layout.SlotAt((int)(checkpoint & 1));
        int pages = *(int*)(slot + Checkpoint.PagesAt);
        bool isListed = false;
        for (int i = 0; i < pages && i < layout.Pages; i++)
        {
            byte* entry = slot + JournalLayout.SlotHeaderBytes + (i * JournalLayout.PageEntryBytes);
            isListed |= *(int*)entry == page && *(long*)(entry + 8) == sequence && *(uint*)(entry + 16) == CheckpointWriter.WholePage;
        }

        return isListed || LatestCheckpoint(layout, journal) > checkpoint;
    }
}
