using System.Text.Json.Serialization;
using FastTrainLog.Json;

namespace FastTrainLog.Control;

/// <summary>The serialiser of commands and answers, generated at build time, so that it also works in trimmed programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonForm.Names, NumberHandling = JsonForm.Numbers)]
[JsonSerializable(typeof(ControlCommand))]
[JsonSerializable(typeof(ControlReply))]
internal sealed partial class ControlJson : JsonSerializerContext;
