namespace DigitsTraining.Data;

/// <summary>The digits of one step: 64 pixels of 0 to 1 for each label.</summary>
internal readonly ref struct Batch(ReadOnlySpan<float> pixels, ReadOnlySpan<int> labels)
{
    public ReadOnlySpan<float> Pixels { get; } = pixels;

    public ReadOnlySpan<int> Labels { get; } = labels;

    public int Count => Labels.Length;
}
