namespace FastTrainLog.Analysis.Tables;

/// <summary>The type of a column, with SQLite's names.</summary>
internal enum ColumnType
{
    Integer,
    Real,
    Text,
}
