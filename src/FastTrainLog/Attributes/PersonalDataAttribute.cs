namespace FastTrainLog;

/// <summary>Says that a value belongs to a person: a name, an address, a patient's number.</summary>
public sealed class PersonalDataAttribute : ClassifiedDataAttribute;
