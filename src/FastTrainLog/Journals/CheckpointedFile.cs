using System.Runtime.InteropServices;
using FastTrainLog.Files;

namespace FastTrainLog.Journals;

/// <summary>What a checkpoint says of a file.</summary>
/// <param name="Length">The length up to which it contains what was consumed.</param>
/// <param name="Rotations">How often it had been rotated.</param>
/// <param name="Replacements">How often it had been recreated.</param>
/// <param name="Identity">Which file it is.</param>
/// <param name="Tail">Its last bytes there, as far as the process wrote them: a copy of the file has them too.</param>
internal readonly record struct CheckpointedFile(long Length, uint Rotations, uint Replacements, FileIdentity Identity, FileTail Tail)
{
    public void Write(Span<byte> entry)
    {
        MemoryMarshal.Write(entry, Length);
        MemoryMarshal.Write(entry[8..], Rotations);
        MemoryMarshal.Write(entry[12..], Replacements);
        MemoryMarshal.Write(entry[16..], Identity.Number);
        MemoryMarshal.Write(entry[24..], Identity.Birth);
        MemoryMarshal.Write(entry[32..], Tail.Bytes);
        MemoryMarshal.Write(entry[36..], Tail.Check);
    }

    public static CheckpointedFile Read(ReadOnlySpan<byte> entry) => new(
        MemoryMarshal.Read<long>(entry),
        MemoryMarshal.Read<uint>(entry[8..]),
        MemoryMarshal.Read<uint>(entry[12..]),
        new FileIdentity(MemoryMarshal.Read<ulong>(entry[16..]), MemoryMarshal.Read<long>(entry[24..])),
        new FileTail(Math.Clamp(MemoryMarshal.Read<int>(entry[32..]), 0, FileTail.MostBytes), MemoryMarshal.Read<uint>(entry[36..])));
}
