using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Export;

/// <summary>A format to which a log is converted, record by record.</summary>
internal interface IExport : IDisposable
{
    /// <summary>Gets whether <see cref="Prepare"/> wants to see the records first.</summary>
    bool NeedsPreparation { get; }

    /// <summary>Reads a record, in a first pass over the log.</summary>
    void Prepare(in StoredRecord record);

    /// <summary>Adds a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="run">The run that it belongs to.</param>
    void Add(in StoredRecord record, RunName run);

    /// <summary>Ends the export: only now does the result get its name.</summary>
    /// <returns>What was written, and notes for its reader, one line each.</returns>
    IReadOnlyList<string> Complete();
}
