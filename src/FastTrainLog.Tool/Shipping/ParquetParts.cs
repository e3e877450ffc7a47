using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Export.Parquet;

namespace FastTrainLog.Tool.Shipping;

/// <summary>The rows of an object of lines as Parquet files, made by the export.</summary>
internal static class ParquetParts
{
    /// <summary>Makes them.</summary>
    /// <param name="lines">The object: lines, compressed with gzip.</param>
    /// <param name="name">What its files have in their names, so that each object has files of its own.</param>
    /// <returns>The files, by their names below the place of the log: <c>TABLE/run=NAME/part-….parquet</c>. They are the same for the same lines.</returns>
    public static IReadOnlyList<(string Name, byte[] Content)> Of(byte[] lines, string name)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-parquet-").FullName;
        try
        {
            string log = Directory.CreateDirectory(Path.Combine(directory, "log")).FullName;
            string tables = Directory.CreateDirectory(Path.Combine(directory, "tables")).FullName;
            File.WriteAllBytes(Path.Combine(log, "run.jsonl.1.gz"), lines);
            using (var export = new ParquetExport(tables, force: false))
            using (var reader = new LogReader(log))
            {
                var runs = new RunTracker();
                while (reader.Read())
                {
                    export.Add(reader.Current, runs.RunOf(reader.Current));
                }

                export.Complete();
            }

            return [.. Directory.GetFiles(tables, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => (NameOf(Path.GetRelativePath(tables, file), name), File.ReadAllBytes(file)))];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string NameOf(string file, string name) =>
        $"{Path.GetDirectoryName(file)!.Replace(Path.DirectorySeparatorChar, '/')}/{Path.GetFileName(file).Replace("part-", $"part-{name}-", StringComparison.Ordinal)}";
}
