namespace FastTrainLog;

/// <summary>Marks a value that belongs to a person: a name, an address, a patient's number.</summary>
public sealed class PersonalDataAttribute : ClassifiedDataAttribute;
