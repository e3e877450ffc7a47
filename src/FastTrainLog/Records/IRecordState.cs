namespace FastTrainLog.Records;

/// <summary>A log call's arguments as a value that can write itself into a record.</summary>
/// <remarks>
/// Generated structs implement it, so that a call that reaches <see cref="TrainLogger"/> through a composite logger is encoded
/// as directly as one that reaches it by itself.
/// </remarks>
public interface IRecordState
{
    /// <summary>Gets the call site.</summary>
    CallSite Site { get; }

    /// <summary>Gets the bytes that <see cref="WriteArguments"/> writes.</summary>
    int ArgumentBytes { get; }

    /// <summary>Writes the arguments in the order of the call site's description.</summary>
    /// <param name="record">The record, begun with <see cref="ArgumentBytes"/>.</param>
    void WriteArguments(ref RecordWriter record);
}
