using System.Text.Json.Serialization;
using FastTrainLog.Json;

namespace FastTrainLog.Gradients;

/// <summary>The serialiser of saved clippers, which works without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonForm.Names,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GradientClipperState))]
internal sealed partial class GradientClipperStateJson : JsonSerializerContext;
