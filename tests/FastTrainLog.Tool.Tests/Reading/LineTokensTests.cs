using System.Globalization;
using System.Text;
using System.Text.Json;
using FastTrainLog.Reading;
using Xunit;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>The fast reading of lines and of their numbers is that of the framework.</summary>
public sealed class LineTokensTests
{
    private const string Time = "\"timestamp\":\"2026-11-24T06:00:00.0000000Z\"";

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"a\":-0.5e+10,\"b\":[1,[2,{}],\"x\"],\"properties\":{\"p\":true,\"q\":null,\"r\":{\"s\":[]}},\"z\":false}")]
    [InlineData("{\"properties\":{\"properties\":{\"p\":1}},\"properties\":{\"p\":2}}")]
    [InlineData("{\"a\":\"é\u2028\",\"\":\"\"}")]
    [InlineData("{\"properties\":[1]}")]
    [InlineData("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{\"i\":{\"j\":1}}}}}}}}}}")]
    public void A_line_has_the_members_that_the_framework_finds(string json)
    {
        string line = json == "{}" ? $"{{{Time}}}" : $"{{{Time},{json[1..]}";
        foreach (string form in new[] { line, line.Replace(":", " : ", StringComparison.Ordinal).Replace("06 : 00 : 00", "06:00:00", StringComparison.Ordinal) })
        {
            byte[] bytes = Encoding.UTF8.GetBytes(form);
            var table = new RecordTable();
            Assert.Null(table.Read(bytes));
            JsonElement whole = JsonDocument.Parse(bytes).RootElement;
            foreach (JsonProperty member in whole.EnumerateObject())
            {
                Assert.True(table.TryFindOwn(bytes, Encoding.UTF8.GetBytes(member.Name), out StoredField field), member.Name);
                if (member.Name != "properties")
                {
                    Assert.Equal(member.Value.ToString(), member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? member.Value.ToString() : field.GetText());
                }
            }

            if (whole.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object && !json.Contains("properties\":{\"properties", StringComparison.Ordinal))
            {
                Assert.All(properties.EnumerateObject(), property => Assert.True(table.TryFindProperty(bytes, Encoding.UTF8.GetBytes(property.Name), out _)));
            }
        }
    }

    [Fact]
    public void What_is_no_JSON_is_refused_wherever_a_line_was_changed()
    {
        byte[] line = Encoding.UTF8.GetBytes($"{{{Time},\"level\":\"INFO\",\"n\":[1,-2.5e-3,0],\"properties\":{{\"Step\":10,\"Loss\":0.125,\"Eta\":null,\"Metrics\":{{\"a\":true}}}},\"x\":\"y\"}}");
        byte[] others = Encoding.ASCII.GetBytes("{}[]\",:\\ 019-+.eEtx\u0001\u007f");
        for (int at = 0; at < line.Length; at++)
        {
            foreach (byte other in others)
            {
                byte[] changed = [.. line];
                changed[at] = other;
                Check(changed);
            }

            Check([.. line[..at], .. line[(at + 1)..]]);
            Check(line[..at]);
        }

        static void Check(byte[] changed)
        {
            bool isValid;
            try
            {
                using JsonDocument document = JsonDocument.Parse(changed);
                isValid = document.RootElement.ValueKind == JsonValueKind.Object;
            }
            catch (JsonException)
            {
                isValid = false;
            }

            string? fault = new RecordTable().Read(changed);
            Assert.True(isValid == (fault is null or "it has no timestamp, so it is not a record of a log"), $"{Encoding.ASCII.GetString(changed)}: {fault}");
        }
    }

    [Theory]
    [InlineData("\"level\":\"INFO\",\"event_id\":7,\"n\":[1,-2.5e-3,0],\"properties\":{\"Step\":10,\"Loss\":0.125,\"Eta\":null,\"Metrics\":{\"a\":true}},\"run\":\"r\"")]
    [InlineData("\"properties\":{},\"level\":\"INFO\"")]
    [InlineData("\"properties\":{\"properties\":{\"p\":1}},\"properties\":{\"p\":2}")]
    [InlineData("\"properties\":null,\"logger\":{\"a\":1}")]
    [InlineData("\"level\":1,\"level\":\"INFO\",\"properties\":{\"a\":1,\"a\":\"x\"}")]
    public void A_line_read_by_the_layout_of_another_one_has_the_members_that_it_has_alone(string members)
    {
        byte[] line = Encoding.UTF8.GetBytes($"{{{Time},{members}}}");
        byte[] others = Encoding.ASCII.GetBytes("{}[]\",:\\ 019-+.eEtnx\u0001");
        for (int at = 0; at < line.Length; at++)
        {
            foreach (byte other in others)
            {
                Compare([.. line[..at], other, .. line[(at + 1)..]]);
                Compare([.. line[..at], other, .. line[at..]]);
            }

            Compare([.. line[..at], .. line[(at + 1)..]]);
            Compare(line[..at]);
        }

        Compare(Encoding.UTF8.GetBytes($"{{{Time},{members.Replace("null", "{\"b\":[2]}", StringComparison.Ordinal).Replace("10", "\"long text\"", StringComparison.Ordinal)}}}"));

        void Compare(byte[] changed)
        {
            var table = new RecordTable(new LineLayouts());
            Assert.Null(table.Read(line));
            string? fault = table.Read(changed);
            var alone = new RecordTable();
            Assert.Equal(alone.Read(changed), fault);
            if (fault is null)
            {
                Assert.Equal(MembersOf(alone, changed), MembersOf(table, changed));
                Assert.Equal((alone.Ticks, alone.Level(changed), alone.EventId(changed)), (table.Ticks, table.Level(changed), table.EventId(changed)));
            }
        }
    }

    [Fact]
    public void A_layout_is_used_for_the_lines_that_differ_in_values_only()
    {
        var table = new RecordTable(new LineLayouts());
        Assert.Null(table.Read(Of("INFO", "1", "null", "{}")));
        LineLayout? first = table.Layout;
        Assert.NotNull(first);
        Assert.Null(table.Read(Of("ERROR", "1", "null", "{}")));
        Assert.NotSame(first, table.Layout);
        byte[] other = Of("INFO", "-2.5", "\"x\"", "{\"a\":[1]}");
        Assert.Null(table.Read(other));
        Assert.Same(first, table.Layout);
        Assert.Equal(-2.5, table.FindNumber(other, "Loss"u8));
        Assert.Null(table.FindNumber(other, "level"u8));

        static byte[] Of(string level, string loss, string text, string metrics) =>
            Encoding.UTF8.GetBytes($"{{{Time},\"level\":\"{level}\",\"properties\":{{\"Loss\":{loss},\"Text\":{text},\"Metrics\":{metrics}}}}}");
    }

    private static List<string> MembersOf(RecordTable table, byte[] line)
    {
        List<string> members = [];
        foreach (bool areProperties in (ReadOnlySpan<bool>)[false, true])
        {
            for (int i = 0; table.TryGetAt(line, areProperties, i, out StoredField field); i++)
            {
                bool isFound = areProperties ? table.TryFindProperty(line, field.Utf8Name, out _) : table.TryFindOwn(line, field.Utf8Name, out _);
                members.Add($"{areProperties} {field.GetName()} {field.Kind} {field.GetText()} {isFound} {table.NumberAt(line, areProperties ? i : ~i)}");
            }
        }

        return members;
    }

    [Fact]
    public void A_number_is_the_nearest_one()
    {
        List<string> texts =
        [
            "0", "-0", "0.0", "-0.000", "1", "-1", "10", "0.1", "123456789012345678901234567890", "1e0", "1E+2", "1e-2", "0e999", "1e309", "1e-400", "4.9e-324", "2.2250738585072014e-308", "2.2250738585072011e-308",
            "1.7976931348623157e308", "1.7976931348623159e308", "9007199254740993", "9007199254740992.5", "9223372036854775807", "18446744073709551615", "18446744073709551616", "0.000000000000000000000000000000000000000001234",
            "5e-1", "1.00000000000000011102230246251565", "1.00000000000000011102230246251566", "8.5e22", "1e23", "0.00000000000000000001", "99999999999999999999",
        ];
        var random = new Random(11);
        for (int i = 0; i < 100_000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            texts.Add((double.IsFinite(value) ? value : 1.0).ToString("R", CultureInfo.InvariantCulture));
            texts.Add((random.NextDouble() * Math.Pow(10, random.Next(-8, 8))).ToString("R", CultureInfo.InvariantCulture));
            texts.Add(random.NextDouble().ToString("F6", CultureInfo.InvariantCulture));
            // Halfway between two floats of a power of two.
            texts.Add(((1L << 53) + (random.NextInt64(1L << 40) * 2) + 1).ToString(CultureInfo.InvariantCulture) + "e" + random.Next(-30, 30).ToString(CultureInfo.InvariantCulture));
        }

        foreach (string text in texts)
        {
            Assert.True(NumberText.TryRead(Encoding.ASCII.GetBytes(text), out double read), text);
            Assert.True(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(read), $"{text}: {read:R}");
        }
    }
}
