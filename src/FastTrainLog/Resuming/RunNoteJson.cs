using System.Text.Json.Serialization;
using FastTrainLog.Json;
using FastTrainLog.Training;

namespace FastTrainLog.Resuming;

/// <summary>The serialiser of notes, generated at build time, so that it also works in trimmed programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonForm.Names, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunNote))]
internal sealed partial class RunNoteJson : JsonSerializerContext;
