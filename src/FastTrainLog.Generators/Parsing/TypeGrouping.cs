using System.Collections.Immutable;
using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Brings the methods of each type together.</summary>
internal static class TypeGrouping
{
    public static ImmutableArray<TypeModel> Group(ImmutableArray<MethodModel> methods)
    {
        var types = new Dictionary<TypeName, List<MethodModel>>();
        var order = new List<TypeName>();
        foreach (MethodModel method in methods)
        {
            if (!types.TryGetValue(method.Type, out List<MethodModel> ofType))
            {
                types.Add(method.Type, ofType = []);
                order.Add(method.Type);
            }

            ofType.Add(method);
        }

        order.Sort(static (a, b) => string.CompareOrdinal(a.MetadataName, b.MetadataName));

        // The compiler compares file names without regard to case; types may differ in nothing else.
        var fileNames = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        ImmutableArray<TypeModel>.Builder models = ImmutableArray.CreateBuilder<TypeModel>(order.Count);
        foreach (TypeName type in order)
        {
            string fileName = $"{type.MetadataName}.TrainLog.g.cs";
            for (int i = 2; !fileNames.Add(fileName); i++)
            {
                fileName = $"{type.MetadataName}.{i}.TrainLog.g.cs";
            }

            models.Add(new TypeModel(type, fileName, types[type].ToImmutableArray()));
        }

        return models.MoveToImmutable();
    }
}
