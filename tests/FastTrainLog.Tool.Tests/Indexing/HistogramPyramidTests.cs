using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Gradients;
using FastTrainLog.Indexing;
using Xunit;

namespace FastTrainLog.Tool.Tests.Indexing;

public sealed class HistogramPyramidTests : IDisposable
{
    private readonly LogDirectory _directory = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_question_is_answered_from_every_histogram_once(int seed)
    {
        var random = new Random(seed);
        List<(long Step, long[] Bins)> all = WriteAtRandom(random, random.Next(1, 5_000));

        using IndexStore store = IndexStore.Open(_directory.PathOf("index"));
        var query = new HistogramQuery(store, "histograms");
        foreach ((long first, long last, int count) in RandomRanges.Of(random, all[^1].Step, questions: 30, most: 400))
        {
            AssertIsOf([.. all.Where(own => own.Step >= first && own.Step <= last)], query.Columns(first, last, count), count);
        }
    }

    [Fact]
    public void Few_are_given_one_by_one_whatever_the_range()
    {
        using IndexStore store = IndexStore.Open(_directory.PathOf("index"));
        var writer = new HistogramWriter(store, new ColumnWriter(), "histograms");
        for (int step = 1; step <= 10_000; step++)
        {
            writer.Add(IndexedHistogram.Of(step * 100, Bins(step % 7)));
        }

        writer.Save();
        IReadOnlyList<IndexedHistogram> found = new HistogramQuery(store, "histograms").Columns(500_000, 505_000, 100);

        Assert.Equal(Enumerable.Range(5000, 51).Select(step => (step * 100L, step * 100L, 1L, (step % 7) + 1L)), found.Select(one => (one.FirstStep, one.LastStep, one.Count, one.In(3 + (int)(one.FirstStep / 100 % 7)))));
    }

    [Fact]
    public void More_layers_than_are_open_at_a_time_and_a_resumed_run_keep_each_step_once()
    {
        const int Layers = 300;
        _directory.With("run.jsonl", [Started("a"), .. Steps(1, 6), Started("b"), .. Steps(4, 9, elements: 5)]);
        using LogIndex index = LogIndex.Open(_directory.Path)!;
        index.Update(cancellation: TestContext.Current.CancellationToken);
        RunName run = new("resumed", null);

        Assert.Equal(Enumerable.Range(0, Layers).Select(layer => $"layer \"{layer}\""), index.HistogramLayers(run));
        foreach (string layer in index.HistogramLayers(run))
        {
            Assert.Equal(Enumerable.Range(1, 9).Select(step => ((long)step, step < 4 ? 1L : 5L)), index.Histograms(run, layer, 0, 100, 100).Select(one => (one.FirstStep, one.In(48))));
        }

        static string Started(string session) => Line(1000, "RunStarted", "training_progress", $$"""{"Model":"{{session}}"}""");

        static IEnumerable<string> Steps(int first, int last, int elements = 1) => Enumerable.Range(first, last - first + 1).SelectMany(step => (string[])
        [
            Line(1001, "Step", "training_progress", $$"""{"Epoch":1,"Step":{{step}},"Loss":1,"Phase":"training"}"""),
            .. Enumerable.Range(0, Layers).Select(layer => Line(1106, "GradientHistogram", "numerical_stability", $$"""{"Step":{{step}},"Layer":"layer \"{{layer}}\"","Bins":{"2^0":{{elements}} } }""")),
        ]);

        static string Line(int id, string name, string category, string properties) =>
            $$"""{"timestamp":"2026-11-24T06:00:00.0000000Z","level":"INFO","logger":"{{category}}","thread":1,"run":"resumed","rank":0,"world_size":1,"eventId":{{id}},"event":"{{name}}","message":"m","properties":{{properties}} }""";
    }

    public void Dispose() => _directory.Dispose();

    private static long[] Bins(int seed)
    {
        long[] bins = new long[GradientHistogram.Bins];
        bins[3 + seed] = seed + 1;
        bins[60] = 1;
        return bins;
    }

    private static void AssertIsOf(List<(long Step, long[] Bins)> histograms, IReadOnlyList<IndexedHistogram> columns, int most)
    {
        Assert.InRange(columns.Count, 0, most);
        int next = 0;
        foreach (IndexedHistogram column in columns)
        {
            List<(long Step, long[] Bins)> part = histograms.GetRange(next, (int)column.Count);
            next += part.Count;
            Assert.Equal((part[0].Step, part[^1].Step), (column.FirstStep, column.LastStep));
            Assert.Equal(Enumerable.Range(0, GradientHistogram.Bins).Select(bin => part.Sum(own => own.Bins[bin])), Enumerable.Range(0, GradientHistogram.Bins).Select(column.In));
        }

        Assert.Equal(histograms.Count, next);
    }

    // Steps that are left out, come again and go back; saved, closed and opened again in between.
    private List<(long Step, long[] Bins)> WriteAtRandom(Random random, int count)
    {
        var all = new List<(long Step, long[] Bins)>();
        IndexStore store = IndexStore.Open(_directory.PathOf("index"));
        IndexWrite write = store.Write();
        var writer = new HistogramWriter(store, new ColumnWriter(), "histograms");
        long step = 0;
        for (int i = 0; i < count; i++)
        {
            step = random.Next(2000) == 0 && all.Count > 0 ? all[random.Next(all.Count)].Step : step + (random.Next(20) == 0 ? random.Next(5) : 1);
            if (all.Count > 0 && step < all[^1].Step)
            {
                all.RemoveAll(own => own.Step >= step);
            }

            long[] bins = new long[GradientHistogram.Bins];
            for (int bin = random.Next(GradientHistogram.Bins); bin < GradientHistogram.Bins; bin += random.Next(1, 9))
            {
                bins[bin] = random.Next(1, 1_000_000);
            }

            all.Add((step, bins));
            writer.Add(IndexedHistogram.Of(step, bins));
            if (random.Next(700) == 0 || i == count - 1)
            {
                writer.Save();
                write.Commit();
                store.Dispose();
                store = IndexStore.Open(_directory.PathOf("index"));
                write = store.Write();
                writer = new HistogramWriter(store, new ColumnWriter(), "histograms");
            }
        }

        write.Dispose();
        store.Dispose();
        return all;
    }
}
