namespace FastTrainLog;

/// <summary>A condition on one argument of a record; called on the backend's thread.</summary>
/// <param name="argument">The argument.</param>
/// <returns>True if it holds.</returns>
public delegate bool ArgumentPredicate(in LogArgument argument);
