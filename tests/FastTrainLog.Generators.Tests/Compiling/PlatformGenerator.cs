using System.Reflection;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Tests.Compiling;

/// <summary>The generator that the platform ships for <c>[LoggerMessage]</c>.</summary>
internal static class PlatformGenerator
{
    public static ISourceGenerator Create()
    {
        Type type = Assembly.LoadFrom(TestPaths.LoggerMessageGenerator).GetTypes().Single(static t => typeof(IIncrementalGenerator).IsAssignableFrom(t) && !t.IsAbstract);
        return ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator();
    }
}
