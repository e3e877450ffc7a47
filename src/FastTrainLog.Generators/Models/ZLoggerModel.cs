namespace FastTrainLog.Generators.Models;

/// <summary>What the compilation's ZLogger asks of a state.</summary>
/// <param name="HasOriginalFormat">Whether a state can give its template; versions before 2.5.8 do not ask for it.</param>
internal sealed record ZLoggerModel(bool HasOriginalFormat);
