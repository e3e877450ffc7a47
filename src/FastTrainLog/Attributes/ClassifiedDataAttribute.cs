namespace FastTrainLog;

/// <summary>Marks a parameter or property whose value must not be logged in clear text; the derived class gives the reason.</summary>
/// <remarks>
/// The value is erased, unless <see cref="TrainLogOptions.Redact{TClassification}"/> set another redactor for this attribute class or one that it derives
/// from. It is redacted at the call: neither a thread buffer nor another logger ever holds it. If a value has two such attributes, neither is
/// asked: the value is erased.
/// </remarks>
[AttributeUsage(
    AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.GenericParameter)]
public abstract class ClassifiedDataAttribute : Attribute;
