using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Compiling;

/// <summary>The generator that the platform ships for <c>[LoggerMessage]</c>.</summary>
internal static class PlatformGenerator
{
    /// <summary>Returns a driver that runs it and ours, as a user's compilation does.</summary>
    public static GeneratorDriver BesideOurs(LanguageVersion language) =>
        CSharpGeneratorDriver.Create([new TrainLogGenerator().AsSourceGenerator(), Create()], parseOptions: Compiled.Options(language));

    public static ISourceGenerator Create()
    {
        Type type = Assembly.LoadFrom(TestPaths.LoggerMessageGenerator).GetTypes().Single(static t => typeof(IIncrementalGenerator).IsAssignableFrom(t) && !t.IsAbstract);
        return ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator();
    }
}
