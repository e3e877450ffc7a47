using System.Text.Json.Serialization;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Dashboard.Steering;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>The types that answers consist of.</summary>
[JsonSerializable(typeof(RunRow))]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(SeriesRelevance[]))]
[JsonSerializable(typeof(SteeringReplies))]
[JsonSerializable(typeof(SteeringRequest))]
[JsonSerializable(typeof(SteeringState))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class DashboardJson : JsonSerializerContext;
