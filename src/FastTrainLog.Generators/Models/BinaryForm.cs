namespace FastTrainLog.Generators.Models;

/// <summary>The binary form of a type in a record.</summary>
/// <param name="Form">How it gets there.</param>
/// <param name="Kind">The member of the library's <c>ArgumentKind</c>.</param>
/// <param name="Size">The bytes that a value takes, or 0 where each has its own size.</param>
/// <param name="IsNullable">Whether it is a <c>Nullable&lt;T&gt;</c>.</param>
/// <param name="Cast">The type to cast to, for <see cref="ArgumentForm.CastValue"/>.</param>
/// <param name="Enum">The members of an enum.</param>
internal sealed record BinaryForm(ArgumentForm Form, string Kind, int Size = 0, bool IsNullable = false, string? Cast = null, EnumModel? Enum = null)
{
    /// <summary>The format of a hole that shows an integer as a number of bytes.</summary>
    public const string Bytes = "bytes";

    /// <summary>Returns whether a form is that of an integer.</summary>
    public static bool IsInteger(BinaryForm form) => form.Kind is "SByte" or "Byte" or "Int16" or "UInt16" or "Int32" or "UInt32" or "Int64" or "UInt64";
}
