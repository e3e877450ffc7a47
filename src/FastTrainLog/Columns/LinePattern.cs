using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>Lines of a block that differ in their tokens only, with these.</summary>
internal sealed class LinePattern
{
    private readonly List<(int Start, int Length)> _tokens = [];

    /// <param name="pieces">What is before each token and after the last one, each ended by a NUL byte.</param>
    /// <param name="number">Its number in the block, from 0.</param>
    public LinePattern(byte[] pieces, int number)
    {
        Number = number;
        Pieces = pieces;
        Slots = pieces.AsSpan().Count((byte)0) - 1;
    }

    public int Number { get; }

    public byte[] Pieces { get; }

    /// <summary>Gets the number of tokens in a line.</summary>
    public int Slots { get; }

    /// <summary>Gets the number of lines.</summary>
    public int Rows { get; private set; }

    /// <summary>Adds a line.</summary>
    /// <param name="tokens">Where its tokens are in the block.</param>
    public void Add(List<(int Start, int Length)> tokens)
    {
        _tokens.AddRange(tokens);
        Rows++;
    }

    public ReadOnlySpan<byte> Token(ReadOnlySpan<byte> block, int row, int slot)
    {
        (int start, int length) = _tokens[(row * Slots) + slot];
        return block.Slice(start, length);
    }
}
