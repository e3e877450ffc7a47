using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>Writes a generated state as one record.</summary>
/// <typeparam name="TState">The state's type.</typeparam>
/// <param name="state">The state.</param>
/// <param name="logger">The logger, enabled at the level.</param>
/// <param name="level">The record's level.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void RecordEncoder<TState>(in TState state, TrainLogger logger, LogLevel level);
