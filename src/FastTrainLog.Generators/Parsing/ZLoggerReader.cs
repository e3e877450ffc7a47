using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Determines whether a compilation references ZLogger, in a version whose states the generator can write.</summary>
internal static class ZLoggerReader
{
    private static readonly HashSet<string> Known =
    [
        "CreateEntry",
        "ParameterCount",
        "IsSupportUtf8ParameterKey",
        "ToString",
        "WriteJsonParameterKeyValues",
        "GetParameterKey",
        "GetParameterKeyAsString",
        "GetParameterValue",
        "GetParameterType",
        "GetOriginalFormat",
        "WriteOriginalFormat",
    ];

    public static ZLoggerModel? Read(Compilation compilation)
    {
        // Not through the compilation's own lookup, which after an edit first builds the table of all declarations.
        IAssemblySymbol? assembly = compilation.SourceModule.ReferencedAssemblySymbols.FirstOrDefault(static a => a.Name == "ZLogger");
        if (assembly?.GetTypeByMetadataName("ZLogger.IZLoggerFormattable") is not { } formattable
            || assembly.GetTypeByMetadataName("ZLogger.ZLoggerEntry`1") is null)
        {
            return null;
        }

        var asked = new HashSet<string>(formattable.AllInterfaces
            .Concat([formattable])
            .SelectMany(static i => i.GetMembers())
            .Where(static m => m.IsAbstract && m is not IMethodSymbol { AssociatedSymbol: not null })
            .Select(static m => m.Name));
        return asked.IsSubsetOf(Known) ? new ZLoggerModel(asked.Contains("GetOriginalFormat")) : null;
    }
}
