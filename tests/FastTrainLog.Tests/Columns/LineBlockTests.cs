using System.Globalization;
using System.Text;
using FastTrainLog.Columns;
using FastTrainLog.Utf8Text;
using Xunit;

namespace FastTrainLog.Tests.Columns;

/// <summary>Lines come back from columns byte for byte, whatever they hold.</summary>
public sealed class LineBlockTests
{
    private static readonly string[] Pieces =
    [
        "0", "-0", "00", "1", "-1", "7", "42", "1.0", "1.10", "0.5", "-0.5", "-0.0", ".5", "5.", "1e5", "1E+20", "1E-05", "1.00e-03", "NaN", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "999999999999999999", "1000000000000000000", "0.1234567890123456789", "1.4527941942214966", "0.30000000000000004", "5E-324", "1.7976931348623157E+308",
        "2026-11-30T02:09:28.9516877Z", "2026-11-30T02:09:28.951Z", "2026-02-30T02:09:28.9516877Z", "0001-01-01T00:00:00.0000000Z", "9999-12-31T23:59:59.9999999Z",
        "03:06:27", "3:06:27", "1.03:06:27", "00:00:00.0000001", "-00:00:01", "24:00:00", "4bf92f3577b34da6a3ce929d0e0e4736", "gpu0", "a_1", "-", "--1", "1-2", "1:2:", "::1", "+1", "x", "training",
        " ", ",", "{", "}", "\"", "\\", "é", "\u0001", "\0", "\r", "\t", "",
    ];

    [Fact]
    public void Lines_of_random_pieces_are_restored_byte_for_byte()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder();
            // A few patterns, each with its own places for pieces, as the calls of a log have.
            string[] fixedParts = [.. Enumerable.Range(0, 6).Select(_ => Pieces[random.Next(Pieces.Length)])];
            for (int line = random.Next(0, 60); line > 0; line--)
            {
                int places = random.Next(0, 5);
                for (int place = 0; place < places; place++)
                {
                    text.Append(fixedParts[place]).Append(random.Next(3) == 0 ? Pieces[random.Next(Pieces.Length)] : NumberOf(random));
                }

                text.Append(line > 1 || random.Next(2) == 0 ? "\n" : string.Empty);
            }

            AssertRestored(Encoding.UTF8.GetBytes(text.ToString()), $"seed {seed}");
        }
    }

    [Fact]
    public void Random_bytes_are_restored()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(0, 4000)];
            random.NextBytes(bytes);
            AssertRestored(bytes, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n")]
    [InlineData("1")]
    [InlineData("1\n\n")]
    [InlineData("a\n\0\nb\0c")]
    public void Edges_are_restored(string text) => AssertRestored(Encoding.UTF8.GetBytes(text), text);

    [Fact]
    public void A_message_that_repeats_its_properties_takes_next_to_nothing()
    {
        var random = new Random(1);
        var with = new StringBuilder();
        var without = new StringBuilder();
        for (int step = 1; step <= 1000; step++)
        {
            float loss = (float)random.NextDouble();
            double seconds = Math.Round(random.NextDouble(), 9);
            string properties = string.Create(CultureInfo.InvariantCulture, $"{{\"Step\":{step},\"Loss\":{(double)loss:R},\"Eta\":\"{TimeSpan.FromSeconds(step):c}\",\"Rate\":{32 / seconds:R},\"Seconds\":{seconds:R}}}\n");
            without.Append(properties);
            with.Append(string.Create(CultureInfo.InvariantCulture, $"Step {step}, Loss {(double)loss:F6}, metric {(double)loss:G6}, {(double)loss:0.00e+00}, ETA {TimeSpan.FromSeconds(step):g}, {32 / seconds:F1} a second {properties}"));
        }

        int columns = ColumnsOf(Encoding.UTF8.GetBytes(with.ToString())).Length;

        Assert.InRange(columns, 1, ColumnsOf(Encoding.UTF8.GetBytes(without.ToString())).Length + 400);
        // A loss has 5 planes and the seconds 4 or 5, the step, the duration and the quotient of the seconds next to nothing.
        Assert.InRange(columns, 1, 1000 * 14);
        AssertRestored(Encoding.UTF8.GetBytes(with.ToString()), "messages");
    }

    [Fact]
    public void Damaged_columns_are_refused_and_never_read_past_their_end()
    {
        byte[] columns = ColumnsOf("{\"step\":1,\"loss\":0.5,\"eta\":\"00:00:01\"}\n{\"step\":2,\"loss\":0.25,\"eta\":\"00:00:02\"}\nstep 3: x4y\nstep 3: x5y\n"u8.ToArray());
        int refused = 0;
        for (int at = 0; at < columns.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. columns];
                damaged[at] ^= (byte)(1 << bit);
                refused += IsRefused(damaged) ? 1 : 0;
            }

            Assert.True(IsRefused(columns[..at]), $"cut off after {at} bytes");
        }

        Assert.InRange(refused, columns.Length, 8 * columns.Length);
    }

    private static string NumberOf(Random random) => random.Next(5) switch
    {
        0 => random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture),
        1 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
        2 => ((double)random.NextSingle()).ToString("R", CultureInfo.InvariantCulture),
        3 => (random.Next(-100_000, 100_000) / 1000.0).ToString("R", CultureInfo.InvariantCulture),
        _ => random.NextDouble().ToString("F4", CultureInfo.InvariantCulture),
    };

    private static bool IsRefused(byte[] columns)
    {
        try
        {
            LineBlock.Read(columns, new Utf8Buffer());
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static byte[] ColumnsOf(byte[] lines)
    {
        var columns = new Utf8Buffer();
        new LineBlock().Write(lines, columns);
        return columns.Written.ToArray();
    }

    private static void AssertRestored(byte[] lines, string what)
    {
        var restored = new Utf8Buffer();
        LineBlock.Read(ColumnsOf(lines), restored);
        Assert.True(restored.Written.SequenceEqual(lines), $"{what}: {Encoding.UTF8.GetString(lines)}");
    }
}
