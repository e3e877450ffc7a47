namespace FastTrainLog;

/// <summary>Gives a parameter or property another name in the log; dots in it create nested objects in JSON, as in <c>optimizer.lr</c>.</summary>
/// <remarks>For a property of a parameter that is expanded into fields, it is the name below the parameter's.</remarks>
/// <param name="name">The name.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class LogNameAttribute(string name) : Attribute
{
    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;
}
