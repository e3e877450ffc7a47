using System.IO.Hashing;
using FastTrainLog.Reading;

namespace FastTrainLog.Shipping.Cursors;

/// <summary>A record that was shipped lately, by which a later reading checks that the file is still the same up to there.</summary>
/// <param name="File">The identity of its file.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Hash">The hash of its line.</param>
/// <param name="Next">Where reading continues after it.</param>
/// <param name="Read">When it was read, in milliseconds of <see cref="Environment.TickCount64"/>.</param>
internal readonly record struct RecentRecord(ulong File, long Offset, int Length, ulong Hash, LinePosition Next, long Read)
{
    public static ulong HashOf(ReadOnlySpan<byte> line) => XxHash3.HashToUInt64(line);
}
