using FastTrainLog.Records;

namespace FastTrainLog.Journals;

/// <summary>A record that was found in a journal and is not in the files yet.</summary>
/// <param name="Place">Where it is in memory.</param>
/// <param name="Site">Its call site.</param>
/// <param name="Category">Its logger's category.</param>
/// <param name="Logger">Its logger's number.</param>
/// <param name="Ticks">Its time.</param>
/// <param name="Thread">The thread that logged it.</param>
/// <param name="Context">The address of the record, if any, that describes its activity and scopes.</param>
internal readonly record struct JournaledRecord(nint Place, CallSite Site, string Category, int Logger, long Ticks, int Thread, nint Context);
