namespace FastTrainLog.Control;

/// <summary>A value of a program that commands can set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Own">The number that the program would use by itself, at its last step.</param>
/// <param name="Set">The number that a command put in its place; null if none did.</param>
public sealed record ControlledValue(string Name, double Own, double? Set);
