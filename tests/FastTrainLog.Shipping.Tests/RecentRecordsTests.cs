using FastTrainLog.Reading;
using FastTrainLog.Shipping.Cursors;
using FastTrainLog.State;
using Xunit;

namespace FastTrainLog.Shipping.Tests;

public sealed class RecentRecordsTests
{
    [Fact]
    public void Records_are_what_was_added_also_beside_each_other_on_a_line_and_after_gaps()
    {
        var recent = new RecentRecords();
        RecentRecord[] added = Random(seed: 1, count: 500, length: 100);
        Array.ForEach(added, record => recent.Add(record));

        Assert.Equal(added, recent.ToArray().Select(static record => record with { Read = 5 }));
        Assert.True(recent.Has(7));
        Assert.False(recent.Has(9));
    }

    [Fact]
    public void Records_are_the_same_after_they_were_stored()
    {
        var recent = new RecentRecords();
        RecentRecord[] added = Random(seed: 2, count: 500, length: 100);
        Array.ForEach(added, record => recent.Add(record));
        var writer = new StateWriter();
        recent.Carry(writer);

        var read = new RecentRecords();
        read.Carry(new StateReader(writer.ToArray()));

        Assert.Equal(added, read.ToArray().Select(static record => record with { Read = 5 }));
        // And goes on from there.
        RecentRecord more = After(added[^1], 50);
        read.Add(more);
        Assert.Equal(more, read.ToArray()[^1] with { Read = 5 });
    }

    [Fact]
    public void At_most_8_MiB_are_remembered_and_nearly_as_much_while_they_are_young()
    {
        var recent = new RecentRecords();
        RecentRecord record = new(7, 0, 1000, 1, new LinePosition(1001, 1), Read: 0);
        for (int i = 0; i < 20_000; i++)
        {
            recent.Add(record);
            record = After(record, 1000);
        }

        long bytes = recent.ToArray().Sum(static kept => (long)kept.Length);
        Assert.InRange(bytes, RecentRecords.MostBytes - (128 * 1024), RecentRecords.MostBytes);
    }

    [Fact]
    public void Records_older_than_10_s_are_forgotten_but_64_KiB()
    {
        var recent = new RecentRecords();
        RecentRecord record = new(7, 0, 1000, 1, new LinePosition(1001, 1), Read: 0);
        for (int i = 0; i < 1000; i++)
        {
            record = After(record, 1000) with { Read = i * 1000L };
            recent.Add(record);
        }

        RecentRecord[] kept = recent.ToArray();
        Assert.InRange(kept.Sum(static one => (long)one.Length), 64 * 1024, 128 * 1024);
        Assert.Equal(record.Offset, kept[^1].Offset);
    }

    [Fact]
    public void Latest_records_are_at_least_as_many_as_asked_for()
    {
        var recent = new RecentRecords();
        RecentRecord[] added = Random(seed: 3, count: 500, length: 1000);
        Array.ForEach(added, record => recent.Add(record));
        var latest = new List<RecentRecord>();

        recent.CopyLatest(150, latest);

        Assert.InRange(latest.Count, 150, 499);
        Assert.Equal(added[^latest.Count..], latest.Select(static record => record with { Read = 5 }));
    }

    private static RecentRecord After(RecentRecord before, int length) =>
        new(before.File, before.Next.Offset, length, before.Hash + 1, new LinePosition(before.Next.Offset + length + 1, before.Next.Lines + 1), before.Read);

    // Mostly lines that follow each other; now and then damage between them, another file, or two records on a line.
    private static RecentRecord[] Random(int seed, int count, int length)
    {
        var random = new Random(seed);
        var records = new List<RecentRecord> { new(7, 500, length, 1, new LinePosition(501 + length, 3), Read: 5) };
        while (records.Count < count)
        {
            RecentRecord next = After(records[^1], random.Next(1, 2 * length));
            switch (random.Next(20))
            {
                case 0:
                    next = next with { Offset = next.Offset + 30, Next = new LinePosition(next.Next.Offset + 30, next.Next.Lines + 2) };
                    break;
                case 1:
                    next = next with { File = next.File + 1, Offset = 0, Next = new LinePosition(next.Length + 1, 1) };
                    next = next.File == 9 ? next with { File = 10 } : next;
                    break;
                case 2:
                    // The reading continues before the first one as long as the second is not done.
                    RecentRecord first = next with { Next = records[^1].Next };
                    int second = random.Next(1, length);
                    records.Add(first);
                    next = first with { Offset = first.Offset + first.Length, Length = second, Next = new LinePosition(first.Offset + first.Length + second + 1, first.Next.Lines + 1) };
                    break;
                case 3:
                    // Something else follows on its line.
                    next = next with { Next = next.Next with { Offset = next.Next.Offset + 10 } };
                    break;
            }

            records.Add(next);
        }

        return [.. records.Take(count)];
    }
}
