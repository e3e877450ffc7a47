namespace FastTrainLog.Analysis.Tables;

/// <summary>The steps of a run with its ranks as one, in SQL: of each number the mean of the ranks' finite values, the least and the greatest.</summary>
internal static class MergedSteps
{
    /// <summary>The name of the view.</summary>
    public const string Name = "merged_steps";

    private const string Run = "CASE WHEN rank IS NULL THEN run ELSE substr(run, 1, length(run) - length(CAST(rank AS VARCHAR)) - 1) END";

    /// <summary>Returns the selection from the table of steps.</summary>
    /// <param name="isFinite">Returns the condition in the engine's SQL that a column is a finite number.</param>
    public static string Select(Func<string, string> isFinite)
    {
        Table steps = TrainingTables.All.Single(table => table.Name == "steps");
        string[] columns = [.. steps.Columns.Where(column => column.Type == ColumnType.Real).Select(column => column.Name)];
        IEnumerable<string> merged = columns.SelectMany(column => new[] { ("avg", ""), ("min", "_minimum"), ("max", "_maximum") }.Select(kind => $"{kind.Item1}({column}) FILTER (WHERE {isFinite(column)}) AS {column}{kind.Item2}"));
        string nonFinite = string.Join(" + ", columns.Select(column => $"count({column}) FILTER (WHERE NOT ({isFinite(column)}))"));
        return $"SELECT {Run} AS run, step, phase, max(epoch) AS epoch, count(*) AS ranks, {string.Join(", ", merged)}, {nonFinite} AS non_finite FROM steps GROUP BY 1, step, phase";
    }
}
