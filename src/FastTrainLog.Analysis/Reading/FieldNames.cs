using System.Text;

namespace FastTrainLog.Reading;

/// <summary>Names of members that are read together, so that their places are looked up once for all lines of a layout.</summary>
internal sealed class FieldNames(params string[] names)
{
    /// <summary>Gets the names.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Gets the names in UTF-8.</summary>
    public byte[][] Utf8 { get; } = [.. names.Select(Encoding.UTF8.GetBytes)];
}
