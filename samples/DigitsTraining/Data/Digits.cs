using System.Globalization;
using System.IO.Compression;

namespace DigitsTraining.Data;

/// <summary>The 1,797 digits, shuffled by a seed and split into 70 % training, 15 % validation and 15 % test.</summary>
internal sealed record Digits(DigitSet Training, DigitSet Validation, DigitSet Test)
{
    public const int Pixels = 64;
    public const int Classes = 10;
    private const float Brightest = 16f;

    public static Digits Load(int seed)
    {
        using Stream packed = typeof(Digits).Assembly.GetManifestResourceStream("digits.csv.gz")
            ?? throw new InvalidOperationException("The sample was built without its data, samples/DigitsTraining/Data/digits.csv.gz.");
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        string[] shuffled = [.. lines];
        new Random(seed).Shuffle(shuffled);
        int training = shuffled.Length * 70 / 100;
        int validation = shuffled.Length * 15 / 100;
        return new Digits(Parse(shuffled[..training]), Parse(shuffled[training..(training + validation)]), Parse(shuffled[(training + validation)..]));
    }

    private static DigitSet Parse(string[] lines)
    {
        var pixels = new float[lines.Length * Pixels];
        var labels = new int[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            string[] fields = lines[i].Split(',');
            for (int p = 0; p < Pixels; p++)
            {
                pixels[(i * Pixels) + p] = int.Parse(fields[p], CultureInfo.InvariantCulture) / Brightest;
            }

            labels[i] = int.Parse(fields[Pixels], CultureInfo.InvariantCulture);
        }

        return new DigitSet(pixels, labels);
    }
}
