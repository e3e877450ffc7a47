namespace DigitsTraining.Data;

/// <summary>Digits with their labels.</summary>
internal sealed class DigitSet(float[] pixels, int[] labels)
{
    public int Count => labels.Length;

    public ReadOnlySpan<float> Pixels(int index) => pixels.AsSpan(index * Digits.Pixels, Digits.Pixels);

    public int Label(int index) => labels[index];

    /// <summary>Returns all digits as one batch.</summary>
    public Batch All => new(pixels, labels);
}
