using System.Globalization;
using FastTrainLog.Tool.Tests.Runs;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace FastTrainLog.Tool.Tests.Export;

/// <summary><c>export --merge-ranks</c>: the series of a run with its ranks as one, in every format that has series.</summary>
public sealed class MergedExportTests : IDisposable
{
    // Rank 1 is not finite at step 3, and rank 2 has no step 4; the run beside it has one process.
    private static readonly string[] Losses =
    [
        "r train/loss 1 2 1 3 3 0 06:00:01.200",
        "r train/loss 2 3 2 4 3 0 06:00:02.200",
        "r train/loss 3 4 3 5 3 1 06:00:03.200",
        "r train/loss 4 4.5 4 5 2 0 06:00:04.100",
        "alone train/loss 7 0.5 0.5 0.5 1 0 06:01:40.000",
    ];

    private readonly LogDirectory _root = new();
    private readonly LogDirectory _out = new();

    public void Dispose()
    {
        _root.Dispose();
        _out.Dispose();
    }

    [Theory]
    [InlineData("csv", "shared")]
    [InlineData("csv", "own")]
    [InlineData("parquet", "shared")]
    [InlineData("parquet", "own")]
    [InlineData("tensorboard", "shared")]
    [InlineData("tensorboard", "own")]
    public async Task Every_step_of_every_series_is_the_mean_of_the_ranks_between_the_least_and_the_greatest(string format, string place)
    {
        Train(place == "own");

        (int code, string output, string error) = Export(format);

        Assert.True(code == 0, error);
        List<string> rows = await Rows(format);
        Assert.Equal(Losses, rows.Where(row => row.Contains("train/loss", StringComparison.Ordinal)));
        // Of what one rank has alone, that.
        Assert.Equal(["r validation/loss 4 9 9 9 1 0 06:00:04.100"], rows.Where(row => row.Contains("validation", StringComparison.Ordinal)));
        Assert.Equal(5, rows.Count(row => row.Contains("train/learning_rate", StringComparison.Ordinal)));
        Assert.Contains(_out.Path, output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_out.Path, "*.partial", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("parquet")]
    [InlineData("tensorboard")]
    public async Task Runs_a_rank_alone_and_steps_are_chosen(string format)
    {
        Train(ownDirectories: false);

        Assert.Equal(0, Export(format, "--run", "r", "--from-step", "2", "--to-step", "3").Code);
        Assert.Equal(Losses[1..3], (await Rows(format)).Where(row => row.Contains("train/loss", StringComparison.Ordinal)));

        Assert.Equal(0, Export(format, "--run", "r/2", "--force").Code);
        Assert.Contains("r/2 train/loss 1 3 3 3 1 0 06:00:01.200", await Rows(format));

        (int code, _, string error) = Export(format, "--run", "r", "--from-step", "1000", "--force");
        Assert.Equal(1, code);
        Assert.Contains("Nothing was written", error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'alone'", Export(format, "--run", "alune", "--force").Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_resumed_rank_repeated_counts_once()
    {
        // The validation at the step is not repeated, and does not count any more.
        _root.With(
            "run.jsonl",
            RunRecord.Start(0, "r"),
            RunRecord.Step(1, "r", 1, 9),
            RunRecord.Step(2, "r", 2, 9),
            RunRecord.Of(2.5, "r", 1010, "Validation", "\"Epoch\":1,\"Step\":2,\"Loss\":9,\"IsBest\":false", step: 2),
            RunRecord.Start(10, "r"),
            RunRecord.Step(11, "r", 2, 1));

        Assert.Equal(0, Export("csv").Code);

        Assert.Equal(["r train/loss 1 9 9 9 1 0 06:00:01.000", "r train/loss 2 1 1 1 1 0 06:00:11.000"], (await Rows("csv")).Where(row => row.Contains("/loss", StringComparison.Ordinal)));
    }

    [Fact]
    public void Formats_that_have_no_series_and_options_that_select_records_are_rejected_with_what_there_is()
    {
        Train(ownDirectories: false);
        (int code, _, string error) = Export("jsonl");
        Assert.Equal(2, code);
        Assert.Contains("csv, parquet and tensorboard", error, StringComparison.Ordinal);
        (code, _, error) = Export("sqlite");
        Assert.Equal(2, code);
        Assert.Contains("merged_steps", error, StringComparison.Ordinal);
        (code, _, error) = Export("csv", "--level", "error");
        Assert.Equal(1, code);
        Assert.Contains("--run, --from-step and --to-step", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_out.Path));
    }

    private void Train(bool ownDirectories)
    {
        List<(string Directory, string Line)> lines =
        [
            .. Enumerable.Range(0, 3).SelectMany(rank => Enumerable.Range(1, rank == 2 ? 3 : 4).Select(step =>
                ($"rank-{rank}", RunRecord.Step(step + (0.1 * rank), "r", step, (rank, step) == (1, 3) ? double.NaN : rank + step, rank, 3)))),
            ("rank-0", RunRecord.Of(5, "r", 1010, "Validation", "\"Epoch\":1,\"Step\":4,\"Loss\":9,\"IsBest\":false", rank: 0, ranks: 3, step: 4)),
            ("alone", RunRecord.Step(100, "alone", 7, 0.5)),
        ];
        foreach (IGrouping<string, string> log in lines.GroupBy(line => ownDirectories ? line.Directory : ".", line => line.Line))
        {
            Directory.CreateDirectory(_root.PathOf(log.Key));
            File.WriteAllLines(Path.Combine(_root.PathOf(log.Key), "run.jsonl"), log);
        }
    }

    private (int Code, string Output, string Error) Export(string format, params string[] options) =>
        ToolRun.Of(["export", _root.Path, "--format", format, "--out", _out.PathOf(format == "csv" ? "series.csv" : "out"), "--merge-ranks", .. options]);

    // Run, series, step, mean, minimum, maximum, count, non-finite ones and the time of day; TensorBoard does not have the count.
    private async Task<List<string>> Rows(string format)
    {
        if (format == "csv")
        {
            return [.. CsvReader.Read(_out.PathOf("series.csv")).Skip(1).Select(row => string.Join(' ', [.. row[1..], row[0][11..^1]]))];
        }

        if (format == "tensorboard")
        {
            return ReadEvents();
        }

        List<string> rows = [];
        foreach (string file in Directory.GetFiles(_out.PathOf("out/merged_series"), "*.parquet", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal))
        {
            rows.AddRange(await ReadParquet(file));
        }

        return rows;
    }

    private static async Task<List<string>> ReadParquet(string file)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(file);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        int rows = (int)group.RowCount;
        var times = new DateTime[rows];
        var series = new string?[rows];
        await group.ReadAsync<DateTime>(Field("time"), times);
        await group.ReadAsync(Field("series"), series);
        long?[] step = await Read<long>("step"), count = await Read<long>("count"), nonFinite = await Read<long>("non_finite");
        double?[] mean = await Read<double>("mean"), minimum = await Read<double>("minimum"), maximum = await Read<double>("maximum");
        string run = Uri.UnescapeDataString(Path.GetFileName(Path.GetDirectoryName(file)!)["run=".Length..]);
        return [.. Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{run} {series[i]} {step[i]} {mean[i]} {minimum[i]} {maximum[i]} {count[i]} {nonFinite[i]} {times[i]:HH:mm:ss.fff}"))];

        DataField Field(string name) => reader.Schema.FindDataField(name);

        async Task<T?[]> Read<T>(string name)
            where T : struct
        {
            var values = new T?[rows];
            await group.ReadAsync<T>(Field(name), values);
            return values;
        }
    }

    private List<string> ReadEvents()
    {
        var found = new List<string>();
        foreach (string run in Directory.GetDirectories(_out.PathOf("out"), "mean", SearchOption.AllDirectories).Select(directory => Path.GetDirectoryName(directory)!).OrderDescending(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(_out.PathOf("out"), run);
            Dictionary<(string, long), float> minima = Of("minimum"), maxima = Of("maximum"), nonFinite = Of("non_finite");
            foreach (TensorBoardReader.Value value in Values("mean"))
            {
                (string, long) key = (value.Tag, value.Step);
                int ranks = name != "r" || value.Tag.StartsWith("validation", StringComparison.Ordinal) ? 1 : value.Step == 4 ? 2 : 3;
                DateTime time = DateTime.UnixEpoch.AddMilliseconds(Math.Round(value.WallTime * 1e3));
                found.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {value.Tag} {value.Step} {value.Scalar} {minima.GetValueOrDefault(key, value.Scalar!.Value)} {maxima.GetValueOrDefault(key, value.Scalar.Value)} {ranks} {nonFinite.GetValueOrDefault(key)} {time:HH:mm:ss.fff}"));
                Assert.Equal(name == "r", minima.ContainsKey(key) && maxima.ContainsKey(key));
            }

            List<TensorBoardReader.Value> Values(string kind) => Directory.Exists(Path.Combine(run, kind)) ? TensorBoardReader.Read(Directory.GetFiles(Path.Combine(run, kind)).Single()) : [];

            Dictionary<(string, long), float> Of(string kind) => Values(kind).ToDictionary(value => (value.Tag, value.Step), value => value.Scalar!.Value);
        }

        return found;
    }
}
