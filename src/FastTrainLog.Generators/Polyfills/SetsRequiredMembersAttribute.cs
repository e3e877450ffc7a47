namespace System.Diagnostics.CodeAnalysis;

/// <summary>Lets the compiler use required members on .NET Standard 2.0, which lacks this type.</summary>
[AttributeUsage(AttributeTargets.Constructor)]
internal sealed class SetsRequiredMembersAttribute : Attribute;
