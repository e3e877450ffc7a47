using FastTrainLog.Redaction;

namespace FastTrainLog.Journals;

/// <summary>The log that a journal is made for.</summary>
/// <param name="LogDirectory">The path of its directory.</param>
/// <param name="Directory">The directory's identity.</param>
/// <param name="Log">The log's own.</param>
/// <param name="Number">Its number among the logs of the directory; 0 if it has no files of its own.</param>
/// <param name="HasSymbols">Whether its lines of text have symbols.</param>
/// <param name="HasTemplates">Whether its JSON lines contain templates instead of messages.</param>
/// <param name="Files">How many files it writes.</param>
/// <param name="Scrubbed">What is masked in its texts; null for nothing.</param>
internal sealed record JournalOwner(string LogDirectory, Guid Directory, Guid Log, int Number, bool HasSymbols, bool HasTemplates, int Files, ScrubRules? Scrubbed);
