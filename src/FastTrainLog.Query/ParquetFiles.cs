using FastTrainLog.Tool.Export.Parquet;

namespace FastTrainLog.Query;

/// <summary>The Parquet files below a directory that <c>export --format parquet</c> wrote, by table.</summary>
internal sealed class ParquetFiles
{
    private readonly Dictionary<string, List<string>> _files = [];
    private readonly HashSet<string> _runs = [];

    public bool IsEmpty => _files.Count == 0;

    /// <summary>Gets the names of the runs in them.</summary>
    public IReadOnlySet<string> Runs => _runs;

    /// <summary>Finds them: <c>…/TABLE/run=NAME/*.parquet</c>.</summary>
    public static ParquetFiles Find(string root)
    {
        var found = new ParquetFiles();
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden, IgnoreInaccessible = true };
        foreach (string directory in Directory.EnumerateDirectories(root, HivePartition.Pattern, options).Order(StringComparer.Ordinal))
        {
            string table = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(directory))!);
            string[] files = LogDatabase.TableNames.Contains(table) ? Directory.GetFiles(directory, "*.parquet") : [];
            if (files.Length == 0)
            {
                continue;
            }

            if (!found._files.TryGetValue(table, out List<string>? ofTable))
            {
                found._files.Add(table, ofTable = []);
            }

            ofTable.AddRange(files);
            if (HivePartition.RunOf(directory) is { } run)
            {
                found._runs.Add(run);
            }
        }

        return found;
    }

    /// <summary>Returns the SQL that adds the rows of a table's files to a selection; empty if there are none.</summary>
    public string UnionOf(string table) => !_files.TryGetValue(table, out List<string>? files) ? string.Empty
        : $" UNION ALL BY NAME SELECT * FROM read_parquet([{string.Join(", ", files.Select(file => $"'{file.Replace("'", "''", StringComparison.Ordinal)}'"))}], hive_partitioning = true, hive_types = {{'run': VARCHAR}}, union_by_name = true)";
}
