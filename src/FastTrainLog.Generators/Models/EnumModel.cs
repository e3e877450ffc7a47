namespace FastTrainLog.Generators.Models;

/// <summary>The members of an enum.</summary>
/// <param name="Names">The names.</param>
/// <param name="Values">The values, sign-extended to 64 bits.</param>
/// <param name="IsFlags">Whether values may combine members.</param>
/// <param name="IsSigned">Whether the underlying type is signed.</param>
/// <param name="Size">The size of the underlying type in bytes.</param>
internal sealed record EnumModel(EquatableArray<string> Names, EquatableArray<ulong> Values, bool IsFlags, bool IsSigned, int Size);
