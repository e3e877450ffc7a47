using System.Collections.Immutable;
using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Brings the methods of each type together.</summary>
internal static class TypeGrouping
{
    public static ImmutableArray<TypeModel> Group(ImmutableArray<EquatableArray<MethodModel>> files)
    {
        // By the name alone, which is unique: this runs over all methods whenever one has changed.
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

        // The compiler compares file names without regard to case; types may differ in nothing else.
        var fileNames = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        ImmutableArray<TypeModel>.Builder models = ImmutableArray.CreateBuilder<TypeModel>(order.Length);
        foreach (string name in order)
        {
            string fileName = $"{name}.TrainLog.g.cs";
            for (int i = 2; !fileNames.Add(fileName); i++)
            {
                fileName = $"{name}.{i}.TrainLog.g.cs";
            }

            ImmutableArray<MethodModel> ofType = types[name].ToImmutable();
            models.Add(new TypeModel(ofType[0].Type, fileName, ofType));
        }

        return models.MoveToImmutable();
    }
}
