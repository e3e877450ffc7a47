using System.Collections.Immutable;
using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Groups the methods by type.</summary>
internal static class TypeGrouping
{
    public static ImmutableArray<TypeModel> Group(ImmutableArray<EquatableArray<MethodModel>> files)
    {
        // Only by name, which is unique, because this runs for all methods whenever one has changed.
        var types = new Dictionary<string, ImmutableArray<MethodModel>.Builder>(StringComparer.Ordinal);
        foreach (MethodModel method in files.SelectMany(static f => f.Items))
        {
            if (!types.TryGetValue(method.Type.MetadataName, out ImmutableArray<MethodModel>.Builder ofType))
            {
                types.Add(method.Type.MetadataName, ofType = ImmutableArray.CreateBuilder<MethodModel>());
            }

            ofType.Add(method);
        }

        string[] order = [.. types.Keys];
        Array.Sort(order, StringComparer.Ordinal);

        // The compiler compares file names ignoring case; types may differ only in case.
        var fileNames = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        ImmutableArray<TypeModel>.Builder models = ImmutableArray.CreateBuilder<TypeModel>(order.Length);
        foreach (string name in order)
        {
            string safe = SafeName(name);
            string fileName = $"{safe}.TrainLog.g.cs";
            for (int i = 2; !fileNames.Add(fileName); i++)
            {
                fileName = $"{safe}.{i}.TrainLog.g.cs";
            }

            ImmutableArray<MethodModel> ofType = types[name].ToImmutable();
            models.Add(new TypeModel(ofType[0].Type, fileName, ofType));
        }

        return models.MoveToImmutable();
    }

    // A file name that the compiler rejects would stop the generator for the whole project.
    private static string SafeName(string name) => string.Concat(name.Select(static c => char.IsLetterOrDigit(c) || c is '.' or '_' or '`' or '-' ? c : '_'));
}
