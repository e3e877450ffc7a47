namespace System.Runtime.CompilerServices;

/// <summary>Lets the compiler use required members on .NET Standard 2.0, which lacks this type.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true, Inherited = false)]
internal sealed class CompilerFeatureRequiredAttribute(string featureName) : Attribute
{
    public string FeatureName { get; } = featureName;
}
