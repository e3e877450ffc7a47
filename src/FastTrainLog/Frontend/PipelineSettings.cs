using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>What a pipeline is made by.</summary>
/// <param name="Pages">The number of pages; for <see cref="FullPolicy.Grow"/>, the initial number.</param>
/// <param name="MaxPages">The maximal number of pages for <see cref="FullPolicy.Grow"/>.</param>
/// <param name="FullPolicy">What happens to a record when all pages are full.</param>
/// <param name="DropBelow">The level below which <see cref="FullPolicy.DropBelow"/> drops.</param>
/// <param name="BlockTimeout">The longest wait for a page.</param>
/// <param name="Redactors">The redactors of classified values.</param>
internal sealed record PipelineSettings(int Pages, int MaxPages, FullPolicy FullPolicy, LogLevel DropBelow, TimeSpan BlockTimeout, RedactorTable Redactors);
