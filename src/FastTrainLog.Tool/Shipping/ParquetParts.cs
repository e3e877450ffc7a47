using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Tables;
using FastTrainLog.Reading;
using FastTrainLog.Shipping;
using FastTrainLog.Tool.Export.Parquet;

namespace FastTrainLog.Tool.Shipping;

/// <summary>The rows of an object of lines as Parquet files, made by the export: <c>TABLE/run=NAME/part-….parquet</c>, each step of a run once.</summary>
internal sealed class ParquetParts : IS3Derivation
{
    /// <inheritdoc/>
    public S3Derived Make(byte[] lines, string name, IReadOnlyDictionary<string, S3RunPlace> before, (string Run, long Step)? later)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-parquet-").FullName;
        try
        {
            string log = Directory.CreateDirectory(Path.Combine(directory, "log")).FullName;
            string tables = Directory.CreateDirectory(Path.Combine(directory, "tables")).FullName;
            File.WriteAllBytes(Path.Combine(log, "run.jsonl.1.gz"), lines);
            var superseded = new Supersession(run => before.TryGetValue(run.ToString(), out S3RunPlace? place) ? new StepPlace(place.LastStep, place.IsFirstOfSession) : default);
            Read(log, (record, run) => superseded.Takes(run, record));
            S3RunPlace[] places = [.. superseded.Places.Select(static run => new S3RunPlace(run.Run.ToString(), run.Place.LastStep, run.Place.IsFirstOfSession))];
            (string, long)[] returns = [.. superseded.Returns.Select(static run => (run.Run.ToString(), run.Step))];
            if (later is { } back && superseded.Places.FirstOrDefault(run => run.Run.ToString() == back.Run) is { Run: { Id: not null } gone })
            {
                superseded.NoteLaterReturn(gone, back.Step);
            }

            superseded.Restart();
            using var export = new ParquetExport(tables, force: false);
            Read(log, (record, run) =>
            {
                if (superseded.Takes(run, record) && (later is null || run.ToString() == later.Value.Run))
                {
                    export.Add(record, run);
                }
            });
            export.Complete();
            return new S3Derived([.. export.Parts.Select(part => Of(part, tables, name))], places, returns);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Read(string log, Action<StoredRecord, RunName> use)
    {
        using var reader = new LogReader(log);
        var runs = new RunTracker();
        while (reader.Read())
        {
            use(reader.Current, runs.RunOf(reader.Current));
        }
    }

    private static (S3Rows Rows, byte[] Content) Of((RunName Run, ParquetTable Table, ParquetPart Part) made, string tables, string name)
    {
        string file = Path.GetRelativePath(tables, made.Part.Path);
        string key = $"{Path.GetDirectoryName(file)!.Replace(Path.DirectorySeparatorChar, '/')}/{Path.GetFileName(file).Replace("part-", $"part-{name}-", StringComparison.Ordinal)}";
        bool areOfSteps = ParquetTable.All.Any(table => table.Value == made.Table && table.Key.Events.All(Supersession.IsOfStep));
        var rows = new S3Rows(
            key, made.Table.Name, made.Run.Id is null ? null : made.Run.ToString(), made.Part.Rows, areOfSteps ? made.Part.FirstStep : null, areOfSteps ? made.Part.LastStep : null);
        return (rows, File.ReadAllBytes(made.Part.Path));
    }
}
