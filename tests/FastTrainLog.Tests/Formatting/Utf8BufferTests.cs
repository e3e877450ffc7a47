using System.Globalization;
using System.Text;
using FastTrainLog.Utf8Text;
using Xunit;

namespace FastTrainLog.Formatting;

public sealed class Utf8BufferTests
{
    [Fact]
    public void Integers_read_as_the_framework_writes_them()
    {
        var buffer = new Utf8Buffer(4);
        var expected = new StringBuilder();
        foreach (long value in Values())
        {
            buffer.AppendInteger(value);
            buffer.Append((byte)' ');
            expected.Append(CultureInfo.InvariantCulture, $"{value} ");
        }

        Assert.Equal(expected.ToString(), Encoding.UTF8.GetString(buffer.Written));
    }

    private static IEnumerable<long> Values()
    {
        yield return 0;
        yield return long.MinValue;
        yield return long.MaxValue;
        for (long power = 1; power > 0 && power <= long.MaxValue / 10; power *= 10)
        {
            foreach (long value in new[] { power - 1, power, power + 1, power * 7 })
            {
                yield return value;
                yield return -value;
            }
        }
    }
}
