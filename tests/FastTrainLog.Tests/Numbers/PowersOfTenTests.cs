using System.Numerics;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Numbers;

public sealed class PowersOfTenTests
{
    [Fact]
    public void Committed_table_is_what_unbounded_integers_give()
    {
        string path = Path.Combine(Repository.Root, "src", "FastTrainLog", "Numbers", "PowersOfTen.Table.cs");
        if (Environment.GetEnvironmentVariable("FASTTRAINLOG_WRITE_TABLES") == "1")
        {
            File.WriteAllText(path, PowersOfTenTable.Source());
        }

        Assert.Equal(PowersOfTenTable.Source(), File.ReadAllText(path));
    }

    [Fact]
    public void Every_power_is_normalised_rounded_down_and_inexact_unless_said_otherwise()
    {
        for (int exponent = PowersOfTen.MinExponent; exponent <= PowersOfTen.MaxExponent; exponent++)
        {
            UInt128 significand = new(PowersOfTen.High(exponent), PowersOfTen.Low(exponent));
            Assert.Equal(PowersOfTenTable.SignificandOf(exponent, out int floorLog2), significand);
            Assert.Equal(floorLog2, PowersOfTen.FloorLog2(exponent));
            Assert.Equal(1, (int)(significand >> 127));

            // 10^e * 2^(127 - log) is the significand exactly, or above it.
            int shift = 127 - floorLog2;
            (BigInteger numerator, BigInteger denominator) = exponent >= 0
                ? (BigInteger.Pow(10, exponent), BigInteger.One)
                : (BigInteger.One, BigInteger.Pow(10, -exponent));
            (numerator, denominator) = shift >= 0 ? (numerator << shift, denominator) : (numerator, denominator << -shift);
            Assert.Equal(PowersOfTen.IsExact(exponent), numerator == (BigInteger)significand * denominator);

            Assert.Equal(exponent is >= 0 and <= PowersOfTen.MaxExponentOfOneWord, PowersOfTen.Low(exponent) == 0);

            // RoundedDecimal compares doubles with a power by the upper word alone: one that ends in the eleven zeros of a double must be all.
            Assert.True(PowersOfTen.Low(exponent) == 0 || (PowersOfTen.High(exponent) & 0x7FF) != 0);
        }
    }

    [Fact]
    public void Integer_logarithms_are_the_floors_over_the_range_that_doubles_use()
    {
        for (int exponent = -1500; exponent <= 1500; exponent++)
        {
            // 10^f <= 2^e < 10^(f+1), both sides scaled to integers.
            int floor = PowersOfTen.FloorLog10OfPowerOfTwo(exponent);
            Assert.True(Compare(floor, exponent) <= 0 && Compare(floor + 1, exponent) > 0, $"2^{exponent}");
        }
    }

    private static int Compare(int tenExponent, int twoExponent)
    {
        BigInteger left = BigInteger.Pow(10, Math.Max(tenExponent, 0)) << Math.Max(-twoExponent, 0);
        BigInteger right = BigInteger.Pow(10, Math.Max(-tenExponent, 0)) << Math.Max(twoExponent, 0);
        return left.CompareTo(right);
    }
}
