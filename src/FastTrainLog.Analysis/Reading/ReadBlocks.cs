namespace FastTrainLog.Reading;

/// <summary>The memory through which the files of a log are read one after the other. Not thread-safe.</summary>
/// <remarks>Where much is read without a gap, another thread reads the next block, decompresses it, and reads its records, while this one is used.</remarks>
/// <param name="readsAhead">Whether the records of the lines are asked for, so that they are worth reading in advance, and other threads may be used for it.</param>
internal sealed class ReadBlocks(bool readsAhead)
{
    // A megabyte: below, it would cost more than it saves.
    private const int FewestInSequence = 4;

    // Beside the one that is used; each of the files that are open has one of its own to begin with, which must not be kept too.
    private const int MostUnused = 2;

    private readonly Stack<ReadBlock> _unused = new();
    private readonly LineLayouts _layouts = new();
    private int _inSequence;

    /// <summary>Returns an unused block.</summary>
    public ReadBlock Take() => _unused.TryPop(out ReadBlock? block) ? block : new ReadBlock();

    /// <summary>Puts a block back.</summary>
    public void Return(ReadBlock block)
    {
        block.Return();
        if (_unused.Count < MostUnused)
        {
            _unused.Push(block);
        }
    }

    /// <summary>Notes that lines are skipped.</summary>
    public void NoteGap() => _inSequence = 0;

    /// <summary>Begins to read the block that follows another one, if that is worthwhile.</summary>
    public Task<ReadBlock>? BeginRead(ReadBlock before, Stream stream, FileStream file)
    {
        if (!readsAhead || before.IsLast || ++_inSequence < FewestInSequence || Environment.ProcessorCount == 1)
        {
            return null;
        }

        ReadBlock block = Take();
        return Task.Run(() =>
        {
            block.Read(before, stream, file);
            block.ReadRecords(_layouts);
            return block;
        });
    }
}
