using Microsoft.Extensions.Logging;

namespace FastTrainLog.Indexing;

/// <summary>What a record is, as far as it is selected by that.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Category">The name of its logger.</param>
/// <param name="EventId">The number of its event, 0 if it has none.</param>
/// <param name="EventName">The name of its event, or null.</param>
internal readonly record struct LineKind(LogLevel Level, string Category, int EventId, string? EventName);
