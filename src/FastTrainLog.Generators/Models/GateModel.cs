namespace FastTrainLog.Generators.Models;

/// <summary>Which calls of a method are logged.</summary>
/// <param name="Every">Every how many calls one is logged; 0 if that is not set.</param>
/// <param name="First">How many calls are logged first; 0 if that is not set.</param>
/// <param name="MaxPerSecond">The maximum number of calls logged per second; 0 if that is not set.</param>
internal sealed record GateModel(int Every, int First, int MaxPerSecond);
