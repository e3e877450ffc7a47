using System.Text.Json;
using System.Text.Json.Serialization;
using FastTrainLog.Json;

namespace FastTrainLog.Dashboard.Alerts;

/// <summary>The form of the file and of what is posted.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonForm.Names, NumberHandling = JsonForm.Numbers, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(AlertChange))]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(AlertRules))]
[JsonSerializable(typeof(Alert))]
internal sealed partial class AlertJson : JsonSerializerContext;
