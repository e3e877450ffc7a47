using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Export;

/// <summary>A form that a log is turned into, record by record.</summary>
internal interface IExport : IDisposable
{
    /// <summary>Gets whether <see cref="Prepare"/> wants to see the records first.</summary>
    bool NeedsPreparation { get; }

    /// <summary>Looks at a record, in a first pass over the log.</summary>
    void Prepare(in StoredRecord record);

    /// <summary>Adds a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="run">The identifier of the run that it belongs to, or null.</param>
    void Add(in StoredRecord record, string? run);

    /// <summary>Ends the export: only now does the result stand under its name.</summary>
    /// <returns>What was written, and what a reader of it should know, a line each.</returns>
    IReadOnlyList<string> Complete();
}
