using System.Reflection;

namespace FastTrainLog.Generators.Tests.Compiling;

/// <summary>Places that the build knows and tells the tests.</summary>
internal static class TestPaths
{
    /// <summary>Gets the assembly of the platform's own generator, for <c>[LoggerMessage]</c>.</summary>
    public static string LoggerMessageGenerator => Read("LoggerMessageGenerator");

    /// <summary>Gets the directory of this project's sources.</summary>
    public static string ProjectDirectory => Read("ProjectDirectory");

    private static string Read(string key) => typeof(TestPaths).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == key)
        .Value!
        .Replace('\\', Path.DirectorySeparatorChar);
}
