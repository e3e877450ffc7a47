namespace FastTrainLog.Generators.Models;

/// <summary>Which calls of a method are logged.</summary>
/// <param name="Every">Of how many calls one is; 0 where that is not asked for.</param>
/// <param name="First">How many calls are before that; 0 where that is not asked for.</param>
/// <param name="MaxPerSecond">How many calls are in a second; 0 where that is not asked for.</param>
internal sealed record GateModel(int Every, int First, int MaxPerSecond);
