namespace FastTrainLog.Backend;

/// <summary>The order among the names of categories: a name stands for those below it too.</summary>
internal static class CategoryNames
{
    /// <summary>Returns whether a category is the named one or lies below it, behind a dot.</summary>
    public static bool Covers(string name, string category) =>
        category.StartsWith(name, StringComparison.Ordinal) && (category.Length == name.Length || category[name.Length] == '.');
}
