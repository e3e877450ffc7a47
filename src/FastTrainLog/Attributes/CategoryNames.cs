namespace FastTrainLog;

/// <summary>The order among the names of categories: a name includes those below it.</summary>
internal static class CategoryNames
{
    /// <summary>Returns whether a category is the named one or is below it, after a dot.</summary>
    public static bool Covers(string name, string category) =>
        category.StartsWith(name, StringComparison.Ordinal) && (category.Length == name.Length || category[name.Length] == '.');
}
