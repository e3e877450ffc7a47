using FastTrainLog.Analysis.Collecting;

namespace FastTrainLog.Tool.Export.Parquet;

/// <summary>The directory of a run in Hive partitioning, from which engines read its name: <c>run=NAME</c>.</summary>
internal static class HivePartition
{
    /// <summary>The directories of all runs.</summary>
    public const string Pattern = "run=*";

    // Hive's name for null.
    private const string None = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>Returns the name of a directory's run; null for records without a run.</summary>
    public static string? RunOf(string directory) => Path.GetFileName(directory)["run=".Length..] is var name && name == None ? null : Uri.UnescapeDataString(name);

    /// <summary>Returns the directory's name. Characters that file systems or engines do not accept are percent-encoded.</summary>
    public static string NameOf(RunName run) => $"run={(run.Id is null ? None : Uri.EscapeDataString(run.ToString()))}";
}
