using System.Numerics;
using System.Text;

namespace FastTrainLog.Formatting;

/// <summary>Computes the table of powers of ten with unbounded integers, and the source file that holds it.</summary>
internal static class PowersOfTenTable
{
    public static UInt128 SignificandOf(int exponent, out int floorLog2)
    {
        BigInteger power = BigInteger.Pow(10, Math.Abs(exponent));
        int bits = (int)power.GetBitLength();
        if (exponent >= 0)
        {
            floorLog2 = bits - 1;
            return (UInt128)(bits <= 128 ? power << (128 - bits) : power >> (bits - 128));
        }

        // 2^(bits-1) is at most the power, so the quotient has 128 bits, or 129 for no power but 1.
        floorLog2 = -bits;
        return (UInt128)((BigInteger.One << (bits + 127)) / power);
    }

    public static string Source()
    {
        var source = new StringBuilder("""
            namespace FastTrainLog.Formatting;

            // Written by PowersOfTenTests: FASTTRAINLOG_WRITE_TABLES=1 dotnet run --project tests/FastTrainLog.Tests -- -class '*PowersOfTenTests'
            internal static partial class PowersOfTen
            {
                // An array: a span over constants allocates at each use in code that is not optimised yet.
                private static readonly ulong[] Significands =
                [

            """);
        for (int exponent = PowersOfTen.MinExponent; exponent <= PowersOfTen.MaxExponent; exponent++)
        {
            UInt128 significand = SignificandOf(exponent, out _);
            source.Append($"        0x{(ulong)(significand >> 64):X16}, 0x{(ulong)significand:X16}, // 1e{exponent}\n");
        }

        return source.Append("    ];\n}\n").ToString();
    }
}
