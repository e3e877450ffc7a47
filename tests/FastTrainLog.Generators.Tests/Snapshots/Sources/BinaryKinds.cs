using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class BinaryKinds
{
    public enum Phase : sbyte
    {
        Before = -1,
        Warmup,
        Steady,
    }

    [Flags]
    public enum Parts : ulong
    {
        None = 0,
        First = 1,
        Last = 0x8000_0000_0000_0000,
    }

    [TrainLog(1, LogLevel.Information, "integers")]
    public static partial void Integers(TrainLogger logger, bool a, char b, sbyte c, byte d, short e, ushort f, int g, uint h, long i, ulong j, nint k, nuint l);

    [TrainLog(2, LogLevel.Information, "others")]
    public static partial void Others(
        TrainLogger logger, Half a, float b, double c, decimal d, DateTime e, DateTimeOffset f, TimeSpan g, Guid h, string i, Phase j, Parts k, ReadOnlySpan<char> l);

    [TrainLog(3, LogLevel.Information, "nullables")]
    public static partial void Nullables(TrainLogger logger, int? a, Phase? b, DateTime? c, nint? d, string? e);
}
