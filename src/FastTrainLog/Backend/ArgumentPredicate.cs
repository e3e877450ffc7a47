namespace FastTrainLog.Backend;

/// <summary>Decides by one argument of a record; called on the backend's thread.</summary>
/// <param name="argument">The argument.</param>
/// <returns>True where it holds.</returns>
public delegate bool ArgumentPredicate(in LogArgument argument);
