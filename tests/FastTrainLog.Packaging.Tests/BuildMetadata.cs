using System.Reflection;

namespace FastTrainLog.Packaging.Tests;

internal static class BuildMetadata
{
    public static string Read(string key) =>
        typeof(BuildMetadata).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
