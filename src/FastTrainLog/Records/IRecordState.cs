using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>A log call's arguments as a value that can write itself as a record.</summary>
/// <remarks>
/// Generated structs implement it, so that a call that reaches <see cref="TrainLogger"/> through a composite logger is encoded
/// as directly as one that reaches it by itself.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IRecordState
{
    /// <summary>Writes the arguments as one record.</summary>
    /// <param name="logger">The logger, enabled at the level.</param>
    /// <param name="level">The record's level.</param>
    void WriteTo(TrainLogger logger, LogLevel level);
}
