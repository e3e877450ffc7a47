using System.Text.Json.Serialization;

namespace FastTrainLog.Gradients;

/// <summary>Reads clippers that were saved in version 1, with names in camel case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GradientClipperState))]
internal sealed partial class FirstGradientClipperStateJson : JsonSerializerContext;
