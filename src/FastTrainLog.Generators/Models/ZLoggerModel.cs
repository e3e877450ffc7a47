namespace FastTrainLog.Generators.Models;

/// <summary>What the compilation's ZLogger requires of a state.</summary>
/// <param name="HasOriginalFormat">Whether a state can provide its template; versions before 2.5.8 do not use it.</param>
internal sealed record ZLoggerModel(bool HasOriginalFormat);
