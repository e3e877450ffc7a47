namespace FastTrainLog.Tool.Export.Tables;

/// <summary>What a column holds, in the words of SQLite.</summary>
internal enum ColumnType
{
    Integer,
    Real,
    Text,
}
