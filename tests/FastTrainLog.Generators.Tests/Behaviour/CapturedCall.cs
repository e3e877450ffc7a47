using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>What a provider received from one log call.</summary>
internal sealed record CapturedCall(LogLevel Level, EventId EventId, string Message, KeyValuePair<string, object?>[] State, Exception? Exception);
