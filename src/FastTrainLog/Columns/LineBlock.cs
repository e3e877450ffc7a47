using System.Buffers.Binary;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>Converts a block of lines to columns and back, byte for byte.</summary>
/// <remarks>
/// The lines of a log differ in a few numbers. Lines that are the same but for their tokens are one pattern; the tokens at one place of it are a column, which is
/// stored in the form that takes the fewest bytes. What comes out is to be compressed. Not thread-safe.
/// </remarks>
internal sealed class LineBlock
{
    /// <summary>The most bytes of a block.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    // By the hashes of their pieces.
    private readonly Dictionary<int, List<LinePattern>> _patterns = [];
    private readonly List<LinePattern> _inOrder = [];
    private readonly List<long> _rows = [];
    private readonly List<(int Start, int Length)> _tokens = [];
    private readonly Utf8Buffer _pieces = new();
    private readonly Utf8Buffer _text = new(256);

    /// <summary>Converts lines.</summary>
    /// <param name="block">The lines; the last one may have no line feed.</param>
    /// <param name="target">Takes the columns.</param>
    public void Write(ReadOnlySpan<byte> block, Utf8Buffer target)
    {
        Split(block);
        target.Append((byte)(block is [.., (byte)'\n'] ? 1 : 0));
        WriteInt32(target, _rows.Count);
        WriteInt32(target, _inOrder.Count);
        foreach (LinePattern pattern in _inOrder)
        {
            WriteInt32(target, pattern.Pieces.Length);
            target.Append(pattern.Pieces);
        }

        NumberColumn.Write(target, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows));
        foreach (LinePattern pattern in _inOrder)
        {
            var columns = new TokenColumn[pattern.Slots];
            for (int slot = 0; slot < columns.Length; slot++)
            {
                columns[slot] = new TokenColumn(block, pattern, slot);
            }

            for (int slot = columns.Length - 1; slot >= 0; slot--)
            {
                columns[slot].Derive(block, columns, _text);
            }

            foreach (TokenColumn column in columns)
            {
                column.Write(block, target);
            }
        }
    }

    /// <summary>Makes the lines again.</summary>
    /// <param name="columns">What <see cref="Write"/> made of them.</param>
    /// <param name="target">Takes the lines.</param>
    /// <exception cref="InvalidDataException">The bytes are not columns.</exception>
    public static void Read(ReadOnlySpan<byte> columns, Utf8Buffer target)
    {
        var source = new ByteReader(columns);
        bool isEnded = source.ReadByte() != 0;
        int lines = source.ReadCount(MostBytes);
        int count = source.ReadCount(lines);
        byte[][] pieces = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            pieces[i] = source.Read(source.ReadCount(MostBytes)).ToArray();
        }

        long[] order = NumberColumn.Read(ref source, lines);
        int[] rows = new int[count];
        foreach (long number in order)
        {
            rows[number >= 0 && number < count ? number : throw new InvalidDataException($"a line has pattern {number} of {count}")]++;
        }

        var patterns = new StoredPattern[count];
        for (int i = 0; i < count; i++)
        {
            patterns[i] = new StoredPattern(pieces[i], rows[i], ref source);
        }

        for (int i = 0; i < lines; i++)
        {
            patterns[order[i]].AppendNext(target);
            if (isEnded || i + 1 < lines)
            {
                target.Append((byte)'\n');
            }

            if (target.Length > MostBytes)
            {
                throw new InvalidDataException($"a block has more than {MostBytes} bytes");
            }
        }
    }

    public static void WriteInt32(Utf8Buffer target, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target.Reserve(sizeof(int)), value);
        target.Advance(sizeof(int));
    }

    public static void WriteInt64(Utf8Buffer target, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target.Reserve(sizeof(long)), value);
        target.Advance(sizeof(long));
    }

    private void Split(ReadOnlySpan<byte> block)
    {
        _patterns.Clear();
        _inOrder.Clear();
        _rows.Clear();
        for (int start = 0; start < block.Length;)
        {
            int length = block[start..].IndexOf((byte)'\n');
            length = length < 0 ? block.Length - start : length;
            ReadOnlySpan<byte> pieces = PiecesOf(block.Slice(start, length), start);
            LinePattern pattern = PatternOf(pieces);
            pattern.Add(_tokens);
            _rows.Add(pattern.Number);
            start += length + 1;
        }
    }

    private LinePattern PatternOf(ReadOnlySpan<byte> pieces)
    {
        var hash = new HashCode();
        hash.AddBytes(pieces);
        int key = hash.ToHashCode();
        if (!_patterns.TryGetValue(key, out List<LinePattern>? alike))
        {
            _patterns.Add(key, alike = []);
        }

        foreach (LinePattern known in alike)
        {
            if (pieces.SequenceEqual(known.Pieces))
            {
                return known;
            }
        }

        var pattern = new LinePattern(pieces.ToArray(), _inOrder.Count);
        alike.Add(pattern);
        _inOrder.Add(pattern);
        return pattern;
    }

    private ReadOnlySpan<byte> PiecesOf(ReadOnlySpan<byte> line, int start)
    {
        _pieces.Clear();
        _tokens.Clear();
        if (line.Contains((byte)0))
        {
            // NUL bytes are in damaged lines only: such a line is one token.
            _tokens.Add((start, line.Length));
            return "\0\0"u8;
        }

        int at = 0;
        int piece = 0;
        while (TokenScanner.Next(line, ref at, out int token))
        {
            _pieces.Append(line[piece..token]);
            _pieces.Append((byte)0);
            _tokens.Add((start + token, at - token));
            piece = at;
        }

        _pieces.Append(line[piece..]);
        _pieces.Append((byte)0);
        return _pieces.Written;
    }
}
