using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastTrainLog.Utf8Text;
using Xunit;

namespace FastTrainLog.Formatting;

public sealed class EscapedTextTests
{
    // What is common, what must be escaped, what only looks like it in UTF-8, and halves of surrogate pairs.
    private static readonly string[] Alphabets =
    [
        "abc xyz 0123456789.,:;-_/",
        "\"\\\n\r\t\0\a\b\f\v\u001b[31m\u007f",
        "\u0080\u0085\u009b\u009f\u00a0\u00a9\u00bf\u2028\u2029\u2027\u202a\u20ac\u2713é頁",
        "😀𝄞\uD800\uDBFF\uDC00\uDFFF",
    ];

    [Fact]
    public void JSON_of_any_text_reads_back_as_that_text()
    {
        foreach (string text in Texts())
        {
            // Lone surrogates are not Unicode text: U+FFFD stands for each.
            string expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            var buffer = new Utf8Buffer(16);
            JsonText.Append(buffer, text);
            Assert.Equal(expected, ReadJson(buffer));

            var again = new Utf8Buffer(16);
            JsonText.AppendUtf8(again, Encoding.UTF8.GetBytes(text));
            Assert.Equal(buffer.Written, again.Written);
        }
    }

    [Fact]
    public void A_line_of_any_text_stays_one_line_commands_no_terminal_and_loses_nothing()
    {
        foreach (string text in Texts())
        {
            string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\\', '/');
            var buffer = new Utf8Buffer(16);
            LineText.Append(buffer, Encoding.UTF8.GetBytes(valid));
            string line = AssertHarmless(buffer, except: '\t');
            string back = Regex.Replace(line, @"\\(n|r|x..|u....|U.{8})", match => match.Value switch
            {
                @"\n" => "\n",
                @"\r" => "\r",
                _ => char.ConvertFromUtf32(int.Parse(match.Value.AsSpan(2), NumberStyles.HexNumber)),
            });
            Assert.Equal(valid, back);
        }
    }

    [Fact]
    public void Lines_are_indented_and_each_is_harmless()
    {
        var buffer = new Utf8Buffer(16);
        LineText.AppendLines(buffer, "one\r\ntwo \u001b[2J\n\nfour\u2028five", "  "u8);
        Assert.Equal("  one\n  two \\x1b[2J\n  \n  four\n  five\n", Encoding.UTF8.GetString(buffer.Written));
    }

    [Theory]
    [InlineData("\u001b]0;title\a", @"\u001b]0;title\u0007", @"\x1b]0;title\x07")]
    [InlineData("\u009b31m", @"\u009b31m", @"\x9b31m")]
    [InlineData("a\u2028b\u0085c", @"a\u2028b\u0085c", @"a\u2028b\x85c")]
    [InlineData("tab\tline\r\nquote\" \\", @"tab\tline\r\nquote\"" \\", "tab\tline\\r\\nquote\" \\")]
    [InlineData("€ ✓ © é 頁 😀", "€ ✓ © é 頁 😀", "€ ✓ © é 頁 😀")]
    public void What_must_be_escaped_is_and_nothing_else(string text, string json, string line)
    {
        var buffer = new Utf8Buffer(16);
        JsonText.Append(buffer, text);
        Assert.Equal(json, Encoding.UTF8.GetString(buffer.Written));
        buffer.Clear();
        LineText.Append(buffer, Encoding.UTF8.GetBytes(text));
        Assert.Equal(line, Encoding.UTF8.GetString(buffer.Written));
    }

    [Fact]
    public void Escaping_allocates_nothing_once_the_buffer_has_grown()
    {
        string text = string.Concat(Enumerable.Repeat(string.Concat(Alphabets), 50));
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var buffer = new Utf8Buffer(text.Length * 30);
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            buffer.Clear();
            JsonText.Append(buffer, text);
            JsonText.AppendUtf8(buffer, utf8);
            LineText.Append(buffer, utf8);
            LineText.AppendLines(buffer, text, "    "u8);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(round == 0 || allocated == 0, $"{allocated} bytes");
        }
    }

    private static IEnumerable<string> Texts()
    {
        var random = new Random(20261121);
        for (int i = 0; i < 20_000; i++)
        {
            // Mostly plain text with a few others in it, at every length around the width of vectors and of chunks.
            int length = random.Next(4) == 0 ? random.Next(1200) : random.Next(80);
            int rarity = random.Next(1, 40);
            var text = new StringBuilder(length);
            while (text.Length < length)
            {
                string alphabet = Alphabets[random.Next(rarity) == 0 ? random.Next(Alphabets.Length) : 0];
                text.Append(alphabet[random.Next(alphabet.Length)]);
            }

            yield return text.ToString();
        }

        for (int c = 0; c <= char.MaxValue; c++)
        {
            yield return $"before {(char)c} after";
        }
    }

    private static string? ReadJson(Utf8Buffer buffer)
    {
        AssertHarmless(buffer, except: '\0');
        return JsonSerializer.Deserialize<string>([(byte)'"', .. buffer.Written, (byte)'"']);
    }

    private static string AssertHarmless(Utf8Buffer buffer, char except)
    {
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(buffer.Written);
        foreach (char c in text)
        {
            if ((char.IsControl(c) && (c == '\0' || c != except)) || c is '\u2028' or '\u2029')
            {
                Assert.Fail($"U+{(int)c:X4} in {text}");
            }
        }

        return text;
    }
}
