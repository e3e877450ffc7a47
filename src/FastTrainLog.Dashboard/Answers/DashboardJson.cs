using System.Text.Json.Serialization;
using FastTrainLog.Dashboard.Logs;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>The types that answers consist of.</summary>
[JsonSerializable(typeof(RunRow))]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class DashboardJson : JsonSerializerContext;
