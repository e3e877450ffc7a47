namespace FastTrainLog;

/// <summary>Says of a parameter or property that its value must not be logged as it is; the class that derives from this says why.</summary>
/// <remarks>
/// The value is erased, unless <see cref="TrainLogOptions.Redact{TClassification}"/> chose another redactor for the class or one that it derives
/// from. It is redacted at the call: neither a thread buffer nor another logger ever holds it. Of two such attributes on one value neither is
/// asked: the value is erased.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public abstract class ClassifiedDataAttribute : Attribute;
