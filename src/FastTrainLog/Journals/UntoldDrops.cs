using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Platform;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Journals;

/// <summary>The dropped records that a killed process had counted and not told: for each category and level a record that tells them, as the process would have logged it.</summary>
internal sealed unsafe class UntoldDrops : IDisposable
{
    private const string OtherCategories = "other categories";

    private readonly List<nint> _memory = [];

    /// <summary>Gets the records.</summary>
    public List<JournaledRecord> Reports { get; } = [];

    /// <summary>Makes the records.</summary>
    /// <param name="rows">The counts in the journal.</param>
    /// <param name="checkpoint">The number of the last checkpoint; 0 if there is none.</param>
    /// <param name="categories">The categories of the process's loggers.</param>
    /// <param name="records">The records that are not in the files, some of which may tell of dropped ones.</param>
    /// <param name="ticks">The time of the records to make.</param>
    /// <param name="problems">Takes what cannot be.</param>
    public UntoldDrops(ReadOnlySpan<byte> rows, ulong checkpoint, IReadOnlyDictionary<int, string> categories, List<JournaledRecord> records, long ticks, List<string> problems)
    {
        var told = new Dictionary<(string Category, LogLevel Level), long>();
        foreach (JournaledRecord record in records.Where(static record => record.Category == LogCategories.System && DropReport.IsOf(record.Site)))
        {
            (long count, string category, LogLevel level) = DropReport.Read((byte*)record.Place);
            ref long sum = ref CollectionsMarshal.GetValueRefOrAddDefault(told, (category, level), out _);
            // Any count may be in a damaged record.
            sum = Math.Min(sum + Math.Clamp(count, 0, DropRows.MostRecords), DropRows.MostRecords);
        }

        ReadOnlySpan<DropRows.Row> all = MemoryMarshal.Cast<byte, DropRows.Row>(rows);
        // Those of their own first: what is told of others then is of none of them.
        for (int i = all.Length - 1; i >= 0; i--)
        {
            bool isOther = i < DropRows.OtherRows;
            LogLevel level = isOther ? (LogLevel)i : all[i].Level;
            long dropped = all[i].Dropped;
            long inFiles = checkpoint == 0 ? 0 : (checkpoint & 1) == 0 ? all[i].Told0 : all[i].Told1;
            if (dropped is < 0 or > DropRows.MostRecords || inFiles < 0 || inFiles > dropped || level is < LogLevel.Trace or > LogLevel.None)
            {
                problems.Add($"row {i} of the counts of dropped records is damaged, so what was dropped is not told there: {dropped} at level {(int)level}, of which {inFiles} were told");
                continue;
            }

            string category = isOther ? OtherCategories : categories.GetValueOrDefault(all[i].Logger, OtherCategories);
            long untold = dropped - inFiles;
            if (isOther)
            {
                foreach ((string Category, LogLevel Level) key in told.Keys.Where(key => key.Level == level).ToArray())
                {
                    told.Remove(key, out long count);
                    untold -= count;
                }
            }
            else if (told.Remove((category, level), out long count))
            {
                untold -= count;
            }

            // Less than none only through damage.
            if (untold > 0)
            {
                Reports.Add(Report(untold, category, level, ticks));
            }
        }
    }

    public void Dispose()
    {
        _memory.ForEach(static memory => NativeMemory.Free((void*)memory));
        _memory.Clear();
    }

    private JournaledRecord Report(long count, string category, LogLevel level, long ticks)
    {
        int size = RecordLayout.Size(DropReport.ArgumentBytes(category));
        byte* record = (byte*)NativeMemory.AllocZeroed((nuint)size);
        _memory.Add((nint)record);
        var place = new RecordPlace { Cursor = record, Limit = record + size };
        var writer = new RecordWriter(&place, RecordLayout.Word(DropReport.Site.HeaderBits, 0, size), RecordWriter.NoTextLimit);
        DropReport.Write(ref writer, count, category, level);
        writer.Commit(LogLevel.Trace);
        return new JournaledRecord((nint)record, DropReport.Site, LogCategories.System, Journal.NoRun, ticks, 0, 0);
    }
}
