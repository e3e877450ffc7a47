namespace FastTrainLog.Tool.Export.Tables;

/// <summary>A column of an exported table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Property">The argument of the record that it holds.</param>
/// <param name="Type">What it holds.</param>
internal sealed record Column(string Name, string Property, ColumnType Type)
{
    /// <summary>Gets the argument's name as it stands in a file.</summary>
    public byte[] Utf8Property { get; } = System.Text.Encoding.UTF8.GetBytes(Property);
}
