namespace FastTrainLog.Analysis.Tables;

/// <summary>A column of an exported table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Property">The argument of the record in it.</param>
/// <param name="Type">Its type.</param>
internal sealed record Column(string Name, string Property, ColumnType Type)
{
    /// <summary>Gets the argument's name as in a log file.</summary>
    public byte[] Utf8Property { get; } = System.Text.Encoding.UTF8.GetBytes(Property);
}
