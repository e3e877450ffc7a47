using System.Text;
using System.Text.Json;
using FastTrainLog.Shipping.Http;
using FastTrainLog.Utf8Text;
using Xunit;

namespace FastTrainLog.Shipping.Tests;

public sealed class RequestJsonTests
{
    [Fact]
    public void Escaped_lines_of_any_length_and_content_are_read_back_as_they_were()
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyz \"\"\"\"\\\\\t\r\u0001\u001f{}[]:,é漢😀";
        Rune[] runes = [.. Letters.EnumerateRunes()];
        var random = new Random(1);
        foreach (int length in Enumerable.Range(0, 200).Concat([4095, 4096, 4097, 8192, 20_000]))
        {
            string line = string.Concat(Enumerable.Range(0, length).Select(_ => runes[random.Next(runes.Length)]));
            var buffer = new Utf8Buffer(16);
            buffer.Append((byte)'"');
            RequestJson.AppendEscaped(buffer, Encoding.UTF8.GetBytes(line));
            buffer.Append((byte)'"');

            Assert.Equal(line, JsonSerializer.Deserialize<string>(buffer.Written));
        }
    }

    [Fact]
    public void Quotes_take_two_bytes_and_other_text_one()
    {
        var buffer = new Utf8Buffer();

        RequestJson.AppendEscaped(buffer, "{\"loss\":0.5,\"path\":\"C:\\\\log\"}"u8);

        Assert.Equal("{\\\"loss\\\":0.5,\\\"path\\\":\\\"C:\\\\\\\\log\\\"}", Encoding.UTF8.GetString(buffer.Written));
    }
}
