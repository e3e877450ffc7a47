namespace FastTrainLog.Generators.Models;

/// <summary>The binary form of a type in a record.</summary>
/// <param name="Form">How it is written.</param>
/// <param name="Kind">The member of the library's <c>ArgumentKind</c>.</param>
/// <param name="Size">The size of a value in bytes, or 0 if it varies.</param>
/// <param name="IsNullable">Whether it is a <c>Nullable&lt;T&gt;</c>.</param>
/// <param name="Cast">The type to cast to, for <see cref="ArgumentForm.CastValue"/>.</param>
/// <param name="Enum">The members of an enum.</param>
internal sealed record BinaryForm(ArgumentForm Form, string Kind, int Size = 0, bool IsNullable = false, string? Cast = null, EnumModel? Enum = null)
{
    /// <summary>The format of a placeholder that shows an integer as a byte count.</summary>
    public const string Bytes = "bytes";

    /// <summary>Returns whether a form is that of an integer.</summary>
    public static bool IsInteger(BinaryForm form) => form.Kind is "SByte" or "Byte" or "Int16" or "UInt16" or "Int32" or "UInt32" or "Int64" or "UInt64";
}
